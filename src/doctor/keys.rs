//! Whether each key counts for its namespace, and for no other.

use super::chart::{Chart, Trouble};
use super::identities::OTHER;
use super::registry::OWNER;
use super::release::{Draft, Outcome, Release};
use super::visit::{Fate, Visit};
use crate::jws::KeyAlgorithm;
use crate::origin::Host;
use crate::target::CapabilityValue;

/// The key of the first release.
pub(super) const FIRST: &str = "owner-es256";
/// All keys, each with whose it is and who else must not sign with it.
pub(super) const KEYS: [(&str, &str, &str); 4] = [
    (FIRST, OWNER, OTHER),
    ("owner-ed25519", OWNER, OTHER),
    ("other-es256", OTHER, OWNER),
    ("other-ed25519", OTHER, OWNER),
];

/// A release that waits for a signature that must not count.
type Waiting = (Release, Option<Host>);

/// Checks the keys; with the first, the first release was published, or not.
pub(super) async fn keys(visit: &mut Visit<'_>, chart: &mut Chart, first: Result<(), Trouble>) {
    let mut first = Some(first);
    let mut waiting: [Option<Waiting>; 2] = [None, None];
    for (kid, identity, stranger) in KEYS {
        if visit.over().is_some() {
            return;
        }
        let has_publishers = chart.is_ok(identity) || identity == OWNER;
        if !has_publishers {
            chart.not_checked(kid, format!("depends on `{identity}`"));
            continue;
        }
        if visit.context.keys.get(kid).is_none() {
            chart.problem(kid, missing(kid));
            continue;
        }
        let accepted = if kid == FIRST {
            first.take().unwrap_or(Ok(()))
        } else {
            accepts(visit, identity, kid).await
        };
        let own = visit.namespace(identity);
        let foreign = visit.namespace(stranger);
        let checked = match accepted {
            Err(trouble) => Err(trouble),
            Ok(()) if !chart.is_ok(stranger) => Ok(format!("counts for {own}")),
            Ok(()) => {
                let slot = &mut waiting[usize::from(stranger == OWNER)];
                refuses(visit, stranger, kid, slot)
                    .await
                    .map(|()| format!("counts for {own}, and not for {foreign}"))
            }
        };
        chart.note(kid, checked);
    }
}

fn missing(kid: &str) -> Trouble {
    Trouble::new(
        format!("the file of `keys` has no key with the kid `{kid}`"),
        "Add it: the suite signs with owner-es256, owner-ed25519, other-es256 and other-ed25519 (docs/testing-a-registry.md, \"Identities and keys\").",
    )
}

async fn accepts(visit: &mut Visit<'_>, identity: &str, kid: &str) -> Result<(), Trouble> {
    let draft = Draft::new(visit.namespace(identity), visit.new_content());
    let release = match visit.create(Some(identity), &draft).await {
        Ok(release) => release,
        Err(exchange) => return Err(visit.create_trouble(exchange)),
    };
    let alg = declared_alg(visit, kid);
    visit
        .publish_created(release, kid, alg.as_deref())
        .await
        .map(|_| ())
}

/// The name of the algorithm that the registry is declared to take, where the key's own is another.
fn declared_alg(visit: &Visit<'_>, kid: &str) -> Option<String> {
    let key = visit.context.keys.get(kid)?;
    let Some(CapabilityValue::List(names)) = visit.context.target.capabilities.get("jws.ed25519")
    else {
        return None;
    };
    let is_other =
        key.algorithm() == KeyAlgorithm::Ed25519 && !names.iter().any(|name| name == key.alg());
    names.first().filter(|_| is_other).cloned()
}

/// Whether a stranger's release is not published by this key.
async fn refuses(
    visit: &mut Visit<'_>,
    stranger: &str,
    kid: &str,
    slot: &mut Option<Waiting>,
) -> Result<(), Trouble> {
    let waiting = slot.take();
    let (release, host) = if let Some(waiting) = waiting {
        waiting
    } else {
        let draft = Draft::new(visit.namespace(stranger), visit.new_content());
        let release = match visit.create(Some(stranger), &draft).await {
            Ok(release) => release,
            Err(exchange) => return Err(visit.create_trouble(exchange)),
        };
        match visit.supply(&release).await {
            Ok(host) => (release, host),
            Err(exchange) => return Err(visit.supply_trouble(exchange)),
        }
    };
    let alg = declared_alg(visit, kid);
    let ending = visit.publish(&release, kid, alg.as_deref()).await;
    let namespace = visit.namespace(stranger);
    match &ending.outcome {
        Outcome::Refused(_) if matches!(ending.exchange.status(), Some(200..500)) => {
            let is_pending = visit
                .left
                .get(release.index)
                .is_some_and(|left| left.fate == Fate::Pending);
            *slot = is_pending.then_some((release, host));
            Ok(())
        }
        Outcome::Published => Err(Trouble::new(
            format!("counts for {namespace} too, which is `{stranger}`'s"),
            format!("Trust `{kid}` for its own publisher's namespace alone (SIG-12)."),
        )
        .with(ending.exchange)),
        _ => {
            let said = visit.describe(&ending.exchange);
            Err(Trouble::new(
                format!("a publish in {namespace} is answered {said}, and not refused"),
                "The signature of another publisher has to be refused: `untrusted-key` or `forbidden` (SIG-12).",
            )
            .with(ending.exchange))
        }
    }
}
