//! What conditions are about.

use std::borrow::Cow;

use serde_json::Value;

use crate::operation::Operation;

use super::{ReceivedBy, ReceivedRequest, ReleaseName};

/// What can be asked of a request in the journal, as others may see it.
pub(super) trait Facts {
    fn origin(&self) -> ReceivedBy;
    fn method(&self) -> &str;
    fn path(&self) -> Cow<'_, str>;
    fn operation(&self) -> Option<Operation>;
    fn release(&self) -> Option<Cow<'_, ReleaseName>>;
    fn identity(&self) -> Option<&str>;
    /// The values of a header field, whatever the case of its name.
    fn values(&self, name: &str) -> Vec<Cow<'_, str>>;
    fn body(&self) -> Option<BodyFacts<'_>>;
    fn is_complete(&self) -> bool;
    fn status(&self) -> Option<u16>;
    fn problem(&self) -> Option<Cow<'_, str>>;
    fn is_disturbed(&self) -> bool;
}

/// What can be asked of a body.
pub(super) struct BodyFacts<'f> {
    /// The document, where it is one and kept.
    pub(super) document: Option<Cow<'f, Value>>,
    /// Whether it may be one, and is not kept.
    pub(super) is_truncated: bool,
}

impl Facts for ReceivedRequest {
    fn origin(&self) -> ReceivedBy {
        self.origin
    }

    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> Cow<'_, str> {
        self.path.as_str().into()
    }

    fn operation(&self) -> Option<Operation> {
        self.operation
    }

    fn release(&self) -> Option<Cow<'_, ReleaseName>> {
        self.release.as_ref().map(Cow::Borrowed)
    }

    fn identity(&self) -> Option<&str> {
        self.identity.as_deref()
    }

    fn values(&self, name: &str) -> Vec<Cow<'_, str>> {
        self.headers
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str().into())
            .collect()
    }

    fn body(&self) -> Option<BodyFacts<'_>> {
        self.body.as_ref().map(|body| BodyFacts {
            document: body.json.as_ref().map(Cow::Borrowed),
            is_truncated: body.truncated,
        })
    }

    fn is_complete(&self) -> bool {
        self.complete
    }

    fn status(&self) -> Option<u16> {
        self.status
    }

    fn problem(&self) -> Option<Cow<'_, str>> {
        self.problem.as_deref().map(Cow::Borrowed)
    }

    fn is_disturbed(&self) -> bool {
        self.fault.is_some()
    }
}
