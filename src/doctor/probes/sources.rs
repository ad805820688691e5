//! What lists of sources show.

use serde_json::{Value, json};

use super::creating::{own_draft, unanswered};
use super::{Known, Observation};
use crate::doctor::keys::FIRST;
use crate::doctor::registry::OWNER;
use crate::doctor::release::{Outcome, Release, served};
use crate::doctor::visit::Visit;
use crate::origin::{Behaviour, Slot};
use crate::target::CapabilityValue;

/// The longest list that is tried.
const MAX_TRIED: u64 = 100;

pub(super) fn taken(known: &Known<'_>) -> Observation {
    match known.sourced.is_taken {
        Some(is_taken) => Observation::is(is_taken),
        None => Observation::unclear("depends on `source`"),
    }
}

/// Which schemes are not refused when they are added: http and https, and what else is declared.
pub(super) async fn schemes(visit: &mut Visit<'_>) -> Observation {
    let declared = match visit.context.target.capabilities.get("sources.schemes") {
        Some(CapabilityValue::List(schemes)) => schemes.clone(),
        _ => Vec::new(),
    };
    let mut tried = declared;
    for usual in ["http", "https"] {
        if !tried.iter().any(|scheme| scheme == usual) {
            tried.push(usual.to_owned());
        }
    }
    let release = match pending(visit).await {
        Ok(release) => release,
        Err(unclear) => return unclear,
    };
    let mut taken = Vec::new();
    let mut last = None;
    for scheme in tried {
        // Nobody answers there; it is added, or refused for that.
        let url = format!("{scheme}://content.invalid/component.wasm");
        let exchange = visit
            .change_sources(&release, "POST", &[json!({"url": url})])
            .await;
        let problem = visit.problem(&exchange);
        match (exchange.status(), problem.as_deref()) {
            (Some(200..300), _)
            | (_, Some("source-unreachable" | "source-forbidden" | "digest-mismatch")) => {
                taken.push(scheme);
            }
            (Some(400..500), _) => last = Some(exchange),
            _ => return Observation::unclear("the probe was not answered"),
        }
    }
    let seen = Observation::value(CapabilityValue::List(taken));
    match last {
        Some(exchange) => seen.by(exchange),
        None => seen,
    }
}

pub(super) async fn replace(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    let Some((release, host)) = &known.sourced.published else {
        return Observation::unclear("depends on `source`");
    };
    let list = [json!({"url": host.url()})];
    Observation::of(visit.change_sources(release, "PUT", &list).await)
}

/// One more than is declared is refused, and as many are not.
pub(super) async fn max(visit: &mut Visit<'_>) -> Observation {
    let limit = match visit.context.target.capabilities.get("sources.max") {
        Some(CapabilityValue::Number(limit)) if *limit <= MAX_TRIED => *limit,
        Some(CapabilityValue::Number(_)) => {
            return Observation::unclear("so long a list is not tried");
        }
        _ => return Observation::unclear("a limit is not looked for unless one is declared"),
    };
    let release = match pending(visit).await {
        Ok(release) => release,
        Err(unclear) => return unclear,
    };
    let Some(host) = visit.host(&release.content) else {
        return Observation::unclear("the suite has no content host");
    };
    let list = |count: u64| -> Vec<Value> {
        (0..count)
            .map(|number| {
                let mut url = host.url();
                url.set_query(Some(&format!("mirror={number}")));
                json!({ "url": url })
            })
            .collect()
    };
    let beyond = visit
        .change_sources(&release, "POST", &list(limit + 1))
        .await;
    match beyond.status() {
        Some(200..300) => return Observation::value(CapabilityValue::None).by(beyond),
        Some(400..500) => {}
        _ => return Observation::unclear("the probe was not answered"),
    }
    let within = visit.change_sources(&release, "POST", &list(limit)).await;
    match within.status() {
        Some(200..300) => Observation::value(CapabilityValue::Number(limit)),
        Some(status) => {
            Observation::unclear(format!("a list of {limit} is answered {status}")).by(within)
        }
        None => Observation::unclear("the probe was not answered"),
    }
}

/// A source on this machine that nobody has exempted from an address policy.
pub(super) async fn private(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    if known.sourced.is_forbidden {
        return Observation::choice("refused");
    }
    if known.sourced.published.is_none() || !known.sourced.was_asked {
        return Observation::unclear("depends on `source`");
    }
    let release = match pending(visit).await {
        Ok(release) => release,
        Err(unclear) => return unclear,
    };
    let behaviour = Behaviour::Serve(served(&release.content));
    let host = visit
        .context
        .origin
        .host("component.wasm", Slot::Forbidden, behaviour)
        .ok();
    let url = match &host {
        Some(host) => host.url().to_string(),
        // The port of RFC 863, at which hardly anything listens.
        None => "http://127.0.0.1:9/component.wasm".to_owned(),
    };
    let added = visit
        .change_sources(&release, "POST", &[json!({"url": url})])
        .await;
    let (problem, exchange) = if added
        .answered()
        .is_some_and(crate::wire::Answer::is_success)
    {
        let ending = visit.publish(&release, FIRST, None).await;
        if matches!(ending.outcome, Outcome::Endless | Outcome::NoAnswer) {
            return Observation::unclear("the publish of the probe does not end");
        }
        (ending.problem().map(ToOwned::to_owned), ending.exchange)
    } else {
        (visit.problem(&added), added)
    };
    Observation::choice(if problem.as_deref() == Some("source-forbidden") {
        "refused"
    } else {
        "allowed"
    })
    .by(exchange)
}

pub(super) async fn pending(visit: &mut Visit<'_>) -> Result<Release, Observation> {
    let draft = own_draft(visit);
    visit
        .create(Some(OWNER), &draft)
        .await
        .map_err(|exchange| unanswered(&exchange))
}
