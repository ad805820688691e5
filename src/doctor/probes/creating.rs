//! What a create alone shows; nothing of it is published.

use serde_json::Value;

use super::{Known, Observation};
use crate::content::DigestAlgorithm;
use crate::doctor::keys::FIRST;
use crate::doctor::registry::OWNER;
use crate::doctor::release::Draft;
use crate::doctor::visit::{Fate, Visit};
use crate::wire::Exchange;

/// sha512 alone, as an unknown algorithm beside a known one may be kept.
pub(super) async fn sha512(visit: &mut Visit<'_>) -> Observation {
    let mut draft = own_draft(visit);
    draft.algorithms = &[DigestAlgorithm::Sha512];
    create(visit, &draft).await
}

pub(super) async fn signed(visit: &mut Visit<'_>) -> Observation {
    let mut draft = own_draft(visit);
    draft.signed_by = Some(FIRST);
    create(visit, &draft).await
}

pub(super) async fn version_build(visit: &mut Visit<'_>) -> Observation {
    let mut draft = own_draft(visit);
    draft.version = "0.0.1+build.1";
    create(visit, &draft).await
}

/// By `expiresAt` alone, which a registry need not show: waiting for it takes too long.
pub(super) fn expiry(visit: &Visit<'_>, known: &Known<'_>) -> Observation {
    let created = &known.first.release;
    let shows = created
        .document
        .get("expiresAt")
        .is_some_and(Value::is_string);
    if !shows && visit.context.target.capabilities.is("expiry") {
        return Observation::unclear("no expiresAt is shown, and it is not waited for");
    }
    Observation::is(shows).by(created.exchange.clone())
}

pub(super) async fn cancel(visit: &mut Visit<'_>) -> Observation {
    let own = |visit: &Visit<'_>| {
        visit
            .left
            .iter()
            .position(|left| left.fate == Fate::Pending && left.identity == OWNER)
    };
    if own(visit).is_none() {
        let draft = own_draft(visit);
        if let Err(exchange) = visit.create(Some(OWNER), &draft).await {
            return unanswered(&exchange);
        }
    }
    match own(visit) {
        Some(index) => Observation::of(Box::new(visit.cancel(index).await)),
        None => Observation::unclear("nothing is pending"),
    }
}

pub(super) fn own_draft(visit: &mut Visit<'_>) -> Draft {
    Draft::new(visit.namespace(OWNER), visit.new_content())
}

/// A create that every registry takes was not taken.
pub(super) fn unanswered(exchange: &Exchange) -> Observation {
    Observation::unclear(match exchange.status() {
        Some(status) => format!("the create of the probe was answered {status}"),
        None => "the create of the probe was not answered".to_owned(),
    })
}

async fn create(visit: &mut Visit<'_>, draft: &Draft) -> Observation {
    match visit.create(Some(OWNER), draft).await {
        Ok(release) => Observation::of(release.exchange),
        Err(exchange) => Observation::of(exchange),
    }
}
