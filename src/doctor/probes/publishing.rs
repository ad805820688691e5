//! What uploads and signatures show.

use super::creating::{own_draft, unanswered};
use super::{Known, Observation};
use crate::content::Content;
use crate::doctor::registry::OWNER;
use crate::doctor::release::Outcome;
use crate::doctor::visit::Visit;
use crate::target::CapabilityValue;
use crate::wire::Body;

const ED25519_KEY: &str = "owner-ed25519";

pub(super) async fn chunked(visit: &mut Visit<'_>) -> Observation {
    let draft = own_draft(visit);
    let release = match visit.create(Some(OWNER), &draft).await {
        Ok(release) => release,
        Err(exchange) => return unanswered(&exchange),
    };
    let Some(url) = visit.upload_url(&release) else {
        return Observation::unclear("no uploadUrl is offered");
    };
    let pieces = vec![release.content.body.clone()];
    Observation::of(visit.upload(&release, url, Body::Chunked(pieces)).await)
}

/// Which content is hashed: that of a source if its host was asked, that of an upload if wrong bytes are refused.
pub(super) async fn verification(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    let fetches = known.sourced.was_asked;
    let draft = own_draft(visit);
    let mut release = match visit.create(Some(OWNER), &draft).await {
        Ok(release) => release,
        Err(exchange) => return unanswered(&exchange),
    };
    let Some(url) = visit.upload_url(&release) else {
        return if fetches {
            Observation::choice("all")
        } else {
            Observation::unclear("nothing can be uploaded, and no content host was asked")
        };
    };
    // What the manifest commits to is another content.
    release.content = Content::blob(visit.new_component());
    let body = Body::Bytes(release.content.body.clone());
    let sent = visit.upload(&release, url, body).await;
    let (is_hashed, exchange) = match sent.status() {
        Some(400..500) => (true, sent),
        Some(200..300) => {
            let ending = visit.publish(&release, "owner-es256", None).await;
            match &ending.outcome {
                Outcome::Published => (false, ending.exchange),
                Outcome::Refused(_) => (true, ending.exchange),
                Outcome::Endless | Outcome::NoAnswer => {
                    return Observation::unclear("the publish of other bytes does not end");
                }
            }
        }
        _ => return Observation::unclear("the upload of other bytes was not answered"),
    };
    Observation::choice(match (is_hashed, fetches) {
        (false, _) => "none",
        (true, true) => "all",
        (true, false) if known.sourced.published.is_some() => "uploads",
        (true, false) => {
            // Without sources, all that there is are uploads.
            let takes_none = !visit.context.target.capabilities.is("sources");
            let declared = visit.context.target.capabilities.get("verification");
            match declared {
                Some(CapabilityValue::Choice(declared)) if takes_none && declared == "uploads" => {
                    "uploads"
                }
                _ if takes_none => "all",
                _ => {
                    return Observation::unclear(
                        "uploads are hashed; the rest depends on `source`",
                    );
                }
            }
        }
    })
    .by(exchange)
}

/// Names under which a signature by an Ed25519 key is taken.
pub(super) async fn ed25519_names(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    if known.ed25519.is_empty() {
        return Observation::unclear(format!("depends on `{ED25519_KEY}`"));
    }
    let mut taken = Vec::new();
    for name in ["EdDSA", "Ed25519"] {
        if known.ed25519.iter().any(|known| known == name) {
            taken.push(name.to_owned());
            continue;
        }
        let draft = own_draft(visit);
        let release = match visit.create(Some(OWNER), &draft).await {
            Ok(release) => release,
            Err(exchange) => return unanswered(&exchange),
        };
        let host = match visit.supply(&release).await {
            Ok(host) => host,
            Err(exchange) => return unanswered(&exchange),
        };
        let ending = visit.publish(&release, ED25519_KEY, Some(name)).await;
        drop(host);
        match ending.outcome {
            Outcome::Published => taken.push(name.to_owned()),
            Outcome::Refused(_) => {}
            Outcome::Endless | Outcome::NoAnswer => {
                return Observation::unclear(format!("a publish with alg {name} does not end"));
            }
        }
    }
    Observation::value(CapabilityValue::List(taken))
}
