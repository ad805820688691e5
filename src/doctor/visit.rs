//! One visit to a registry: what is sent, what it leaves behind, and when it is over.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use url::Url;

use super::answers;
use crate::content::{self, Content, DigestForm, SeededBytes};
use crate::run::RunContext;
use crate::target::{CapabilityValue, Colon, Operation};
use crate::wire::{Body, Exchange, Request};

/// Exchanges without any answer after which nothing more is asked.
const MAX_SILENCE: u32 = 2;
/// Octets of a content, about.
const CONTENT: usize = 100;
/// What the visit may take beyond the target's own deadlines.
const MARGIN: Duration = Duration::from_mins(1);

/// A release that the registry took.
#[derive(Debug)]
pub(super) struct Left {
    pub name: String,
    pub version: String,
    pub identity: String,
    pub fate: Fate,
}

/// What became of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Pending,
    Published,
    Failed,
    Cancelled,
}

pub(super) struct Visit<'a> {
    pub context: &'a RunContext,
    /// The form of digests that the registry takes.
    pub form: DigestForm,
    pub left: Vec<Left>,
    /// How the target file is named on a command line, for what to do next.
    pub options: &'a str,
    stem: String,
    names: u32,
    silent: u32,
    until: Instant,
}

impl<'a> Visit<'a> {
    pub(super) fn new(context: &'a RunContext, options: &'a str) -> Self {
        let form = match context.target.capabilities.get("digest.form") {
            Some(CapabilityValue::Choice(form)) if form == "raw" => DigestForm::Raw,
            _ => DigestForm::Index,
        };
        let deadlines = &context.target.deadlines;
        let limit = deadlines.exchange.saturating_mul(10)
            + deadlines.processing.saturating_mul(2)
            + deadlines.source.saturating_mul(4)
            + MARGIN;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self {
            context,
            form,
            left: Vec::new(),
            options,
            stem: format!("doctor-{:x}", now.as_nanos()),
            names: 0,
            silent: 0,
            until: Instant::now() + limit,
        }
    }

    /// Why nothing more is asked, when that is so.
    pub(super) fn over(&self) -> Option<&'static str> {
        if self.silent >= MAX_SILENCE {
            Some("the registry left requests without an answer")
        } else if Instant::now() > self.until {
            Some("the registry took too long with the steps before")
        } else {
            None
        }
    }

    /// The namespace of a publisher.
    pub(super) fn namespace(&self, identity: &str) -> String {
        self.context
            .target
            .identities
            .get(identity)
            .and_then(|identity| identity.namespace.clone())
            .unwrap_or_default()
    }

    /// A name that nobody has used.
    pub(super) fn new_name(&mut self, namespace: &str) -> String {
        self.names += 1;
        format!("{namespace}:{}-{}", self.stem, self.names)
    }

    /// Content that nobody has used, a component.
    pub(super) fn new_content(&mut self) -> Content {
        Content::blob(self.new_component())
    }

    /// The octets of a component.
    pub(super) fn new_component(&mut self) -> Bytes {
        self.names += 1;
        let mut stream = self.stream("component");
        content::component(&mut stream, CONTENT).unwrap_or_default()
    }

    /// Seeded octets.
    pub(super) fn stream(&self, what: &str) -> SeededBytes {
        let label = format!("{}-{}-{what}", self.stem, self.names);
        SeededBytes::new(self.context.seed, &label)
    }

    pub(super) fn url(&self, operation: Operation, name: &str, version: &str) -> Url {
        self.context
            .target
            .operation_url(operation, name, version, Colon::Plain)
    }

    /// Sends a request as an identity, or as nobody; credentials go to the registry's own origin alone.
    pub(super) async fn send(&mut self, mut request: Request, identity: Option<&str>) -> Exchange {
        let target = &self.context.target;
        if let Some(identity) = identity {
            if request.url.origin() == target.registry.origin() {
                request.credentials = target.credentials(identity);
            }
            request.name = format!("{} as {identity}", request.name);
        }
        let exchange = self.context.client.send(&request).await;
        let is_whole = exchange.answered().is_some_and(|answer| answer.complete);
        if !is_whole || exchange.gave_up {
            self.silent += 1;
        }
        exchange
    }

    /// Sends a JSON document, or another text; `patience` as in a request.
    pub(super) async fn send_document(
        &mut self,
        (name, method): (&str, &str),
        url: Url,
        (media_type, body): (&str, Bytes),
        identity: Option<&str>,
        patience: Duration,
    ) -> Exchange {
        let mut request = Request::new(name, method, url)
            .header("Content-Type", media_type)
            .body(Body::Bytes(body));
        request.patience = patience;
        self.send(request, identity).await
    }

    /// An answer in one line.
    pub(super) fn describe(&self, exchange: &Exchange) -> String {
        answers::describe(
            exchange,
            &self.context.target.problems,
            &self.context.redactor,
        )
    }

    /// The profile's name of the problem in an answer.
    pub(super) fn problem(&self, exchange: &Exchange) -> Option<String> {
        let answer = exchange.answered()?;
        answers::problem_name(answer, &self.context.target.problems)
    }

    /// Cancels what is still pending, as far as the registry lets.
    pub(super) async fn leave(&mut self) {
        for index in 0..self.left.len() {
            let Some(left) = self.left.get(index) else {
                return;
            };
            if left.fate != Fate::Pending || self.over().is_some() {
                continue;
            }
            let cancelled = self.cancel(index).await;
            if !cancelled
                .answered()
                .is_some_and(crate::wire::Answer::is_success)
            {
                return;
            }
        }
    }

    /// Cancels one release.
    pub(super) async fn cancel(&mut self, index: usize) -> Exchange {
        let (name, version, identity) = match self.left.get(index) {
            Some(left) => (
                left.name.clone(),
                left.version.clone(),
                left.identity.clone(),
            ),
            None => Default::default(),
        };
        let url = self.url(Operation::Cancel, &name, &version);
        let exchange = self
            .send(Request::new("cancel", "DELETE", url), Some(&identity))
            .await;
        if exchange
            .answered()
            .is_some_and(crate::wire::Answer::is_success)
        {
            self.mark(index, Fate::Cancelled);
        }
        exchange
    }

    pub(super) fn mark(&mut self, index: usize, fate: Fate) {
        if let Some(left) = self.left.get_mut(index) {
            left.fate = fate;
        }
    }
}
