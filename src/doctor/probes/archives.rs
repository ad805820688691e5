//! What content of other kinds shows.

use serde_json::{Value, json};

use super::creating::unanswered;
use super::{Known, Observation};
use crate::content::{self, COMPONENT_PATH, Content, Entry, Format};
use crate::doctor::keys::FIRST;
use crate::doctor::registry::OWNER;
use crate::doctor::release::{Draft, Ending, Outcome, Release};
use crate::doctor::visit::Visit;
use crate::origin::Host;
use crate::wire::Answer;

/// A component and a text, as an archive.
pub(super) async fn tar(visit: &mut Visit<'_>) -> Observation {
    let Some(content) = two_entries(visit) else {
        return Observation::unclear("the archive could not be written");
    };
    let release = match created(visit, content).await {
        Ok(release) => release,
        Err(refused) => return refused,
    };
    publish(visit, &release).await
}

/// The same entries, each from a source.
pub(super) async fn per_entry(visit: &mut Visit<'_>, known: &Known<'_>) -> Observation {
    if known.sourced.published.is_none() {
        return Observation::unclear("depends on `source`");
    }
    let Some(content) = two_entries(visit) else {
        return Observation::unclear("the archive could not be written");
    };
    let release = match created(visit, content).await {
        Ok(release) => release,
        Err(refused) => return refused,
    };
    let mut hosts: Vec<Host> = Vec::new();
    let mut list: Vec<Value> = Vec::new();
    for entry in &release.content.entries {
        let Some(host) = visit.host(&Content::blob(entry.bytes.clone())) else {
            return Observation::unclear("the suite has no content host");
        };
        let path = String::from_utf8_lossy(&entry.path);
        list.push(json!({"url": host.url(), "path": path}));
        hosts.push(host);
    }
    let added = visit.change_sources(&release, "POST", &list).await;
    if !added.answered().is_some_and(Answer::is_success) {
        return Observation::of(added);
    }
    let ending = visit.publish(&release, FIRST, None).await;
    drop(hosts);
    of(ending, true)
}

/// Bytes that the digest commits to and that are no component.
pub(super) async fn validates(visit: &mut Visit<'_>) -> Observation {
    let mut stream = visit.stream("text");
    let content = Content::blob(content::text(&mut stream, 64));
    let release = match created(visit, content).await {
        Ok(release) => release,
        Err(refused) => return refused,
    };
    match visit.supply(&release).await {
        Ok(host) => {
            let ending = visit.publish(&release, FIRST, None).await;
            drop(host);
            of(ending, false)
        }
        // At the upload is early enough.
        Err(exchange) => match exchange.status() {
            Some(400..500) => Observation::is(true).by(exchange),
            _ => Observation::unclear("the upload of the probe was not answered"),
        },
    }
}

async fn created(visit: &mut Visit<'_>, content: Content) -> Result<Release, Observation> {
    let draft = Draft::new(visit.namespace(OWNER), content);
    match visit.create(Some(OWNER), &draft).await {
        Ok(release) => Ok(release),
        Err(exchange) if matches!(exchange.status(), Some(400..500)) => {
            Err(Observation::of(exchange))
        }
        Err(exchange) => Err(unanswered(&exchange)),
    }
}

async fn publish(visit: &mut Visit<'_>, release: &Release) -> Observation {
    match visit.supply(release).await {
        Ok(host) => {
            let ending = visit.publish(release, FIRST, None).await;
            drop(host);
            of(ending, true)
        }
        Err(exchange) => Observation::of(exchange),
    }
}

/// `there`: what it means that the release was published.
fn of(ending: Ending, there: bool) -> Observation {
    match ending.outcome {
        Outcome::Published => Observation::is(there).by(ending.exchange),
        Outcome::Refused(_) => Observation::is(!there).by(ending.exchange),
        Outcome::Endless | Outcome::NoAnswer => {
            Observation::unclear("the publish of the probe does not end")
        }
    }
}

fn two_entries(visit: &mut Visit<'_>) -> Option<Content> {
    let entries = vec![
        Entry::new(COMPONENT_PATH, visit.new_component()),
        Entry::new("assets/a.txt", "a"),
    ];
    Content::tar(entries, Format::Ustar).ok()
}
