//! Whether each identity may do what it is taken for, and nothing else.

use super::chart::{Chart, Trouble};
use super::publishing::Published;
use super::registry::{OWNER, no_right, unknown_token};
use super::release::Draft;
use super::visit::Visit;
use crate::target::{Operation, ReadAs};
use crate::wire::{Exchange, Request};

pub(super) const OTHER: &str = "other";
pub(super) const READER: &str = "reader";
pub(super) const ANONYMOUS: &str = "anonymous";
pub(super) const MANIFEST_READER: &str = "manifest-reader";
pub(super) const PRIVATE_NAMESPACE: &str = "private-namespace";

/// What was learned about denials.
#[derive(Debug, Default)]
pub(super) struct Denials {
    /// Statuses of refused creates in somebody else's namespace.
    pub statuses: Vec<u16>,
}

/// Checks the publishers; the owner's own create went well.
pub(super) async fn publishers(visit: &mut Visit<'_>, chart: &mut Chart) -> Denials {
    let mut denials = Denials::default();
    let checked = writes_elsewhere(visit, OWNER, OTHER, &mut denials).await;
    chart.note(OWNER, checked);
    let namespace = visit.namespace(OTHER);
    let draft = Draft::new(&namespace, visit.new_content());
    let checked = match visit.create(Some(OTHER), &draft).await {
        Ok(_) => writes_elsewhere(visit, OTHER, OWNER, &mut denials).await,
        Err(exchange) => {
            let said = visit.describe(&exchange);
            Err(match exchange.status() {
                Some(401) => unknown_token(visit, OTHER, &said, exchange),
                Some(403 | 404) => no_right(visit, OTHER, &namespace, &said, exchange),
                _ => visit.create_trouble(exchange),
            })
        }
    };
    chart.note(OTHER, checked);
    denials
}

/// Checks those who only read; the reading itself when there is something to read.
pub(super) async fn readers(visit: &mut Visit<'_>, chart: &mut Chart, first: Option<&Published>) {
    let checked = reader(visit, first).await;
    chart.note(READER, checked);
    let checked = anonymous(visit, first).await;
    chart.note(ANONYMOUS, checked);
    if visit
        .context
        .target
        .identities
        .get(MANIFEST_READER)
        .is_some()
    {
        match first {
            Some(first) => {
                let checked = reads(visit, Some(MANIFEST_READER), first).await;
                chart.note(
                    MANIFEST_READER,
                    checked.map(|()| "reads releases".to_owned()),
                );
            }
            None => chart.not_checked(MANIFEST_READER, "there is no release to read"),
        }
    }
}

/// Checks that the owner may write in the private namespace.
pub(super) async fn private_namespace(visit: &mut Visit<'_>, chart: &mut Chart) {
    let Some(namespace) = visit.context.target.private_namespace.clone() else {
        return;
    };
    let draft = Draft::new(&namespace, visit.new_content());
    match visit.create(Some(OWNER), &draft).await {
        Ok(_) => chart.ok(PRIVATE_NAMESPACE, format!("owner may write in {namespace}")),
        Err(exchange) => {
            let said = visit.describe(&exchange);
            let trouble = Trouble::new(
                format!("owner may not create in {namespace}: {said}"),
                format!(
                    "Give `owner` the right to publish in {namespace}, or take `private-namespace` out of the target file."
                ),
            );
            chart.problem(PRIVATE_NAMESPACE, trouble.with(exchange));
        }
    }
}

/// Whether an identity is kept out of another's namespace.
async fn writes_elsewhere(
    visit: &mut Visit<'_>,
    identity: &str,
    whose: &str,
    denials: &mut Denials,
) -> Result<String, Trouble> {
    let own = visit.namespace(identity);
    let foreign = visit.namespace(whose);
    let draft = Draft::new(&foreign, visit.new_content());
    match visit.create(Some(identity), &draft).await {
        Ok(release) => Err(Trouble::new(
            format!("may also create in {foreign}, which is `{whose}`'s"),
            format!(
                "Each publisher has to be kept to its own namespace: take from `{identity}` the right to write in {foreign}."
            ),
        )
        .with(release.exchange)),
        Err(exchange) => match exchange.status() {
            Some(status @ 400..500) => {
                denials.statuses.push(status);
                Ok(format!("may write in {own}, and not in {foreign} ({status})"))
            }
            _ => Err(not_refused(visit, &foreign, exchange)),
        },
    }
}

fn not_refused(visit: &Visit<'_>, namespace: &str, exchange: Box<Exchange>) -> Trouble {
    let said = visit.describe(&exchange);
    Trouble::new(
        format!("a create in {namespace} is answered {said}, and not refused"),
        "A denied caller gets 403 (forbidden), or 404 where the registry hides; look into its log.",
    )
    .with(exchange)
}

async fn reader(visit: &mut Visit<'_>, first: Option<&Published>) -> Result<String, Trouble> {
    let namespace = visit.namespace(OWNER);
    let draft = Draft::new(&namespace, visit.new_content());
    let wrote = visit.create(Some(READER), &draft).await;
    match wrote {
        Ok(release) => {
            return Err(Trouble::new(
                format!("may create in {namespace}"),
                "The reader may write nothing: take from it the right to publish.",
            )
            .with(release.exchange));
        }
        Err(exchange) if exchange.status() == Some(401) => {
            let said = visit.describe(&exchange);
            return Err(unknown_token(visit, READER, &said, exchange));
        }
        Err(exchange) if matches!(exchange.status(), Some(400..500)) => {}
        Err(exchange) => return Err(not_refused(visit, &namespace, exchange)),
    }
    let Some(first) = first else {
        return Ok("writes nothing; there is no release to read".to_owned());
    };
    reads(visit, Some(READER), first).await?;
    Ok("reads releases and writes nothing".to_owned())
}

async fn anonymous(visit: &mut Visit<'_>, first: Option<&Published>) -> Result<String, Trouble> {
    let namespace = visit.namespace(OWNER);
    let draft = Draft::new(&namespace, visit.new_content());
    match visit.create(None, &draft).await {
        Ok(release) => {
            return Err(Trouble::new(
                format!("who does not say who it is may create in {namespace}"),
                "Writing has to need authentication (ACC-1).",
            )
            .with(release.exchange));
        }
        Err(exchange) if matches!(exchange.status(), Some(400..500)) => {}
        Err(exchange) => return Err(not_refused(visit, &namespace, exchange)),
    }
    if visit.context.target.read_as == ReadAs::Reader {
        return Ok("writes nothing; does not read (`read-as: reader`)".to_owned());
    }
    let Some(first) = first else {
        return Ok("writes nothing; there is no release to read".to_owned());
    };
    reads(visit, None, first).await?;
    Ok("reads releases and writes nothing".to_owned())
}

async fn reads(
    visit: &mut Visit<'_>,
    identity: Option<&str>,
    first: &Published,
) -> Result<(), Trouble> {
    let release = &first.release;
    let url = visit.url(Operation::Get, &release.name, &release.version);
    let exchange = visit.send(Request::new("get", "GET", url), identity).await;
    if exchange.status() == Some(200) {
        return Ok(());
    }
    let said = visit.describe(&exchange);
    let next = match (identity, exchange.status()) {
        (None, Some(401 | 403 | 404)) => {
            "Let everybody read public releases, or set `read-as: reader` in the target file."
                .to_owned()
        }
        (Some(identity), Some(401)) => {
            return Err(unknown_token(visit, identity, &said, Box::new(exchange)));
        }
        (Some(identity), Some(403 | 404)) => {
            format!("Give `{identity}` the right to read releases.")
        }
        _ => "A published release has to be readable (PUB-3); look into the registry's log."
            .to_owned(),
    };
    Err(Trouble::new(
        format!("reading a published release is answered {said}"),
        next,
    )
    .with(exchange))
}
