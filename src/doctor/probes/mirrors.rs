//! What is fetched from sources shows.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::sources::pending;
use super::{Known, Observation};
use crate::content::Content;
use crate::credentials::Secret;
use crate::doctor::keys::FIRST;
use crate::doctor::release::{Outcome, served};
use crate::doctor::visit::Visit;
use crate::origin::{Behaviour, Credentials};
use crate::target::Operation;
use crate::wire::{Answer, Request};

/// How long a late source is watched that nobody has asked for yet.
const UNASKED: Duration = Duration::from_secs(1);
/// How long after it was asked for.
const ASKED: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// A good mirror and one with other bytes.
pub(super) async fn bad_mirror(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    if !known.sourced.was_asked {
        return Observation::unclear("depends on `source`");
    }
    let release = match pending(visit).await {
        Ok(release) => release,
        Err(unclear) => return unclear,
    };
    let other = Content::blob(visit.new_component());
    let (Some(good), Some(bad)) = (visit.host(&release.content), visit.host(&other)) else {
        return Observation::unclear("the suite has no content host");
    };
    let list = [json!({"url": good.url()}), json!({"url": bad.url()})];
    let added = visit.change_sources(&release, "POST", &list).await;
    if !added.answered().is_some_and(Answer::is_success) {
        return Observation::unclear("a list with a bad mirror is refused when it is added");
    }
    let ending = visit.publish(&release, FIRST, None).await;
    match ending.outcome {
        Outcome::Published => Observation::choice("drop").by(ending.exchange),
        Outcome::Refused(_) => Observation::choice("fail").by(ending.exchange),
        Outcome::Endless | Outcome::NoAnswer => {
            Observation::unclear("the publish of the probe does not end")
        }
    }
}

/// A host that demands a token, which stands in the source.
pub(super) async fn credentials(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    if !known.sourced.was_asked {
        return Observation::unclear("depends on `source`");
    }
    let release = match pending(visit).await {
        Ok(release) => release,
        Err(unclear) => return unclear,
    };
    let token = format!("{:032x}", rand::random::<u128>());
    visit
        .context
        .redactor
        .add(&Secret::new("SOURCE_TOKEN", token.clone()));
    let demand = Behaviour::Demand {
        credentials: Credentials::Bearer {
            token: token.clone(),
        },
        then: Box::new(Behaviour::Serve(served(&release.content))),
    };
    let Some(host) = visit.host_that(demand) else {
        return Observation::unclear("the suite has no content host");
    };
    let source = json!({"url": host.url(), "credentials": {"type": "bearer", "token": token}});
    let added = visit.change_sources(&release, "POST", &[source]).await;
    if !added.answered().is_some_and(Answer::is_success) {
        return Observation::of(added);
    }
    let ending = visit.publish(&release, FIRST, None).await;
    match ending.outcome {
        Outcome::Published => Observation::is(true),
        Outcome::Refused(_) => Observation::is(false).by(ending.exchange),
        Outcome::Endless | Outcome::NoAnswer => {
            Observation::unclear("the publish of the probe does not end")
        }
    }
}

/// A mirror with other bytes, added when the release is published.
pub(super) async fn recheck(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    let Some((release, _host)) = &known.sourced.published else {
        return Observation::unclear("depends on `source`");
    };
    let other = Content::blob(visit.new_component());
    let Some(bad) = visit.host(&other) else {
        return Observation::unclear("the suite has no content host");
    };
    let added = visit
        .change_sources(release, "POST", &[json!({"url": bad.url()})])
        .await;
    match added.status() {
        Some(400..500) => return Observation::is(true).by(added),
        Some(200..300) => {}
        _ => return Observation::unclear("the probe was not answered"),
    }
    let is_asked = bad.wait_for_request(UNASKED).await;
    let end = Instant::now() + if is_asked { ASKED } else { Duration::ZERO };
    loop {
        let url = visit.url(Operation::Get, &release.name, &release.version);
        let seen = visit
            .send(Request::new("get", "GET", url), Some(&release.identity))
            .await;
        let document = seen.answered().and_then(|answer| answer.json().ok());
        let Some(document) = document else {
            return Observation::unclear("the release was not read again");
        };
        if !lists(document, bad.url().as_str()) {
            return Observation::is(true);
        }
        if Instant::now() >= end || visit.over().is_some() {
            return Observation::is(false).by(seen);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn lists(release: &Value, url: &str) -> bool {
    release
        .get("contentSources")
        .and_then(Value::as_array)
        .is_some_and(|sources| {
            sources
                .iter()
                .any(|source| source.get("url").and_then(Value::as_str) == Some(url))
        })
}
