//! Whether what answers is a registry of the Publish API, and whether it knows the owner.

use super::chart::{Chart, Trouble};
use super::release::{Draft, Release};
use super::visit::Visit;
use crate::target::Operation;
use crate::wire::Exchange;

pub(super) const PUBLISH_API: &str = "Publish API";
pub(super) const OWNER: &str = "owner";

/// Creates the first release.
pub(super) async fn first_create(visit: &mut Visit<'_>, chart: &mut Chart) -> Option<Release> {
    let namespace = visit.namespace("owner");
    let draft = Draft::new(&namespace, visit.new_content());
    let refused = match visit.create(Some("owner"), &draft).await {
        Ok(release) => {
            chart.ok(
                PUBLISH_API,
                "a create is answered with an unpublished release",
            );
            return Some(release);
        }
        Err(exchange) => exchange,
    };
    let problem = visit.problem(&refused);
    let said = visit.describe(&refused);
    let status = refused.status().unwrap_or_default();
    match (status, problem.as_deref()) {
        (401, _) if problem.is_some() || is_asking(&refused) => {
            chart.ok(PUBLISH_API, "it asks who calls");
            chart.problem(OWNER, unknown_token(visit, "owner", &said, refused));
        }
        (403, _) => {
            chart.ok(PUBLISH_API, "it knows who calls and refuses");
            chart.problem(OWNER, no_right(visit, "owner", &namespace, &said, refused));
        }
        // A registry may hide what it denies. To nobody in particular it says 401, if it has the path at all.
        (404, Some(_)) if asks_nobody(visit, &draft).await => {
            chart.ok(PUBLISH_API, "it asks who calls");
            chart.problem(OWNER, no_right(visit, "owner", &namespace, &said, refused));
        }
        (_, problem) => {
            let next = advice(visit, &refused, problem);
            let detail = if refused.answered().is_some() {
                format!("a valid create is answered {said}, not with an unpublished release")
            } else {
                format!("a valid create is not answered: {said}")
            };
            chart.problem(PUBLISH_API, Trouble::new(detail, next).with(refused));
        }
    }
    None
}

fn is_asking(exchange: &Exchange) -> bool {
    exchange
        .answered()
        .is_some_and(|answer| answer.header("www-authenticate").is_some())
}

async fn asks_nobody(visit: &mut Visit<'_>, draft: &Draft) -> bool {
    match visit.create(None, draft).await {
        Ok(_) => false,
        Err(exchange) => exchange.status() == Some(401),
    }
}

/// The token of an identity is not known.
pub(super) fn unknown_token(
    visit: &Visit<'_>,
    identity: &str,
    said: &str,
    exchange: Box<Exchange>,
) -> Trouble {
    let fields = visit
        .context
        .target
        .credentials(identity)
        .map(|credentials| {
            let fields: Vec<String> = credentials
                .fields
                .iter()
                .map(|field| format!("{}: {}${}", field.name, field.prefix, field.secret.label()))
                .collect();
            fields.join(", ")
        })
        .unwrap_or_default();
    Trouble::new(
        format!("who calls is not known: {said}"),
        format!(
            "Give the registry the token of `{identity}`, or the target file the one that the registry knows (identities.{identity}). It was sent as `{fields}`."
        ),
    )
    .with(exchange)
}

/// An identity may not write where it has to.
pub(super) fn no_right(
    visit: &Visit<'_>,
    identity: &str,
    namespace: &str,
    said: &str,
    exchange: Box<Exchange>,
) -> Trouble {
    let _ = visit;
    Trouble::new(
        format!("may not create in {namespace}: {said}"),
        format!(
            "Give `{identity}` the right to publish in the namespace {namespace}, or name in the target file the one that it has (identities.{identity}.namespace)."
        ),
    )
    .with(exchange)
}

fn advice(visit: &Visit<'_>, exchange: &Exchange, problem: Option<&str>) -> String {
    let target = &visit.context.target;
    let create = visit.url(Operation::Create, "", "");
    let Some(answer) = exchange.answered() else {
        return format!(
            "GET is answered and POST {} is not. Look into the registry's log; `deadlines.exchange` in the target file says how long is waited.",
            create.path()
        );
    };
    if exchange.gave_up {
        return "Raise the registry's rate limit for the identities of the target file.".to_owned();
    }
    match (answer.status, problem) {
        (300..=399, _) => {
            "The suite follows no redirects here. Set `registry` in the target file to where it leads.".to_owned()
        }
        (_, Some("invalid-name")) => format!(
            "The registry does not take names in {}. Name a namespace that it takes (identities.owner.namespace).",
            visit.namespace("owner")
        ),
        (_, Some("unsupported-digest-algorithm" | "invalid-digest")) => {
            "Every registry has to take a sha256 digest (docs/publish-api.md, \"Content digest\").".to_owned()
        }
        (_, Some("not-found")) | (404 | 405, None) => format!(
            "There is no create at {create}. Is the base URL right (it may need a path), or is create elsewhere (`paths: {{create: ...}}` in the target file)?"
        ),
        (401, None) => "The answer holds no problem document of the Publish API. Is the base URL right? If it is, put the token of `owner` right (identities.owner).".to_owned(),
        (500.., _) => "The registry fails on a valid create; look into its log.".to_owned(),
        (_, Some(_)) => "The registry refuses a valid manifest. What it says stands above; the manifest is described in docs/publish-api.md, \"Resources\".".to_owned(),
        (_, None) => format!(
            "Is {} the base URL of the registry? What answers there gives no documents of the Publish API.",
            target.registry
        ),
    }
}
