//! `status`, `get` and `cancel`.

use super::case::CaseRun;
use super::create::upload_url;
use super::performed::{Performed, StepError};
use super::release::{State, Update};
use crate::case::Step;
use crate::case::action::Read;
use crate::check::implied;
use crate::target::{Colon, Operation};

impl CaseRun<'_> {
    pub(super) async fn read(
        &self,
        state: &State,
        step: &Step,
        spec: &Read,
        operation: Operation,
    ) -> Result<Performed, StepError> {
        let label = spec.release.as_deref().unwrap_or("main");
        let release = match (&spec.name, &spec.version) {
            (Some(_), Some(_)) => None,
            _ => Some(Self::release(state, Some(label))?),
        };
        let name = spec
            .name
            .as_deref()
            .or(release.map(|release| release.name.as_str()));
        let version = spec
            .version
            .as_deref()
            .or(release.map(|release| release.version.as_str()));
        let (name, version) = (name.unwrap_or_default(), version.unwrap_or_default());
        let is_own = spec.name.is_none() && spec.version.is_none();
        let location = release
            .filter(|_| is_own && !spec.built && operation != Operation::Get)
            .and_then(|release| release.location.clone());
        let colon = match spec.colon.as_deref() {
            Some("encoded") => Colon::Encoded,
            _ => Colon::Plain,
        };
        let url = location.unwrap_or_else(|| {
            self.context
                .target
                .operation_url(operation, name, version, colon)
        });
        let (default_method, default_identity, rule) = match operation {
            Operation::Cancel => ("DELETE", "owner", "PUB-10"),
            Operation::Status => ("GET", "owner", "CRE-1"),
            _ => ("GET", self.reader(), "PUB-3"),
        };
        let method = spec.method.as_deref().unwrap_or(default_method);
        let request = self.request(step, default_identity, method, url)?;
        let scope = self.scope_of(&request.url);
        let exchange = self.send(step, request).await;
        let mut performed = Performed::one(exchange, scope, rule);
        let (exchange, _) = &performed.exchanges[0];
        if let Ok(answer) = &exchange.answer
            && answer.status == 200
            && method == "GET"
        {
            if operation == Operation::Status {
                performed.implied = implied::unpublished(answer);
                performed.updates.extend(seen(label, answer));
                performed.updates.push(Update::Located {
                    label: label.to_owned(),
                    location: None,
                    upload_url: upload_url(answer, &exchange.request.url),
                });
            } else {
                performed.implied = implied::release(answer);
            }
        }
        if let Ok(answer) = &exchange.answer
            && (200..300).contains(&answer.status)
            && operation == Operation::Cancel
        {
            performed.updates.push(Update::Cancelled(label.to_owned()));
        }
        Ok(performed)
    }
}

/// The status that an unpublished release shows.
fn seen(label: &str, answer: &crate::wire::Answer) -> Option<Update> {
    let document = answer.json().ok()?;
    let status = document.get("status")?.as_str()?;
    Some(Update::Seen(label.to_owned(), status.to_owned()))
}
