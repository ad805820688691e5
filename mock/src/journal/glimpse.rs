//! A recorded request as far as somebody wants to know: to judge it by its method takes no look into its documents.

use std::{borrow::Cow, cell::OnceCell};

use serde_json::Value;

use crate::operation::Operation;

use super::{
    ReceivedBy, Redactor, ReleaseName,
    capture::CapturedBody,
    facts::{BodyFacts, Facts},
    trace::Trace,
};

/// What others may see of a request, found out when it is asked for.
pub(super) struct Glimpse<'t> {
    trace: &'t Trace,
    base: &'t Redactor,
    problem_type_prefix: &'t str,
    redactor: OnceCell<Redactor>,
    document: OnceCell<Option<Value>>,
}

impl<'t> Glimpse<'t> {
    pub(super) fn new(
        trace: &'t Trace,
        redactor: &'t Redactor,
        problem_type_prefix: &'t str,
    ) -> Self {
        Self {
            trace,
            base: redactor,
            problem_type_prefix,
            redactor: OnceCell::new(),
            document: OnceCell::new(),
        }
    }

    fn redactor(&self) -> &Redactor {
        self.redactor.get_or_init(|| self.trace.redactor(self.base))
    }

    /// The document that was sent, secrets included.
    fn document(&self) -> Option<&Value> {
        let body = self.trace.outcome.body.as_ref();
        self.document
            .get_or_init(|| body.and_then(CapturedBody::document))
            .as_ref()
    }
}

impl Facts for Glimpse<'_> {
    fn origin(&self) -> ReceivedBy {
        self.trace.origin
    }

    fn method(&self) -> &str {
        self.trace.method.as_str()
    }

    fn path(&self) -> Cow<'_, str> {
        self.redactor().text(&self.trace.head().path).into()
    }

    fn operation(&self) -> Option<Operation> {
        self.trace.operation
    }

    fn release(&self) -> Option<Cow<'_, ReleaseName>> {
        let is_create = self.trace.operation == Some(Operation::Create);
        let document = is_create.then(|| self.document()).flatten();
        self.trace.release(document).map(Cow::Owned)
    }

    fn identity(&self) -> Option<&str> {
        self.trace.identity()
    }

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        let own = |(own, _): &(&[u8], &[u8])| own.eq_ignore_ascii_case(name.as_bytes());
        self.redactor()
            .fields(self.trace.fields().filter(own))
            .into_iter()
            .map(|(_, value)| value.into())
            .collect()
    }

    fn body(&self) -> Option<BodyFacts<'_>> {
        let body = self.trace.outcome.body.as_ref()?;
        let document = self.document().cloned();
        Some(BodyFacts {
            document: document.map(|document| Cow::Owned(self.redactor().document(document))),
            is_truncated: body.is_truncated(),
        })
    }

    fn is_complete(&self) -> bool {
        self.trace.outcome.complete
    }

    fn status(&self) -> Option<u16> {
        self.trace.outcome.status
    }

    fn problem(&self) -> Option<Cow<'_, str>> {
        self.trace.problem(self.problem_type_prefix).map(Cow::Owned)
    }

    fn is_disturbed(&self) -> bool {
        self.trace.outcome.fault.is_some()
    }
}
