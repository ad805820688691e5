//! Why a request is refused: a problem, and what the answer carries beside it.

use http::HeaderName;

use crate::{
    cause::Cause,
    problem::{Problem, ProblemKind},
};

/// A refused request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refusal {
    /// What is wrong.
    pub problem: Box<Problem>,
    /// In place of the kind's own status.
    pub status: Option<u16>,
    /// Where to find what is in the way (CRE-10).
    pub location: Option<String>,
    /// Further headers of the answer.
    pub headers: Vec<(HeaderName, String)>,
    /// The document is not made by the error handler, but where the error came up.
    pub by_hand: bool,
}

impl Refusal {
    /// A refusal with nothing beside its problem.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Problem::new(kind, detail).into()
    }

    /// What is wrong, in the profile's terms.
    pub(crate) fn kind(&self) -> ProblemKind {
        self.problem.kind
    }

    /// HTTP status of the answer.
    pub(crate) fn status(&self) -> u16 {
        self.status.unwrap_or_else(|| self.problem.kind.status())
    }

    /// Answers with another status than the kind's own.
    #[must_use]
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds the URL of what is in the way.
    #[must_use]
    pub(crate) fn with_location(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    /// Adds a header to the answer.
    #[must_use]
    pub(crate) fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Says what about the input brought it.
    #[must_use]
    pub(crate) fn because(mut self, cause: Option<Cause>) -> Self {
        self.problem = Box::new(self.problem.because(cause));
        self
    }

    /// Adds an extension member to the problem.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<serde_json::Value>) -> Self {
        self.problem = Box::new(self.problem.with(member, value));
        self
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            status: None,
            location: None,
            headers: Vec::new(),
            by_hand: false,
        }
    }
}

/// What a caller learns that is known, and may not do this.
pub(crate) fn forbidden() -> Refusal {
    Refusal::new(ProblemKind::Forbidden, "The caller may not do this here.")
}

/// What the outside learns when nothing, or nothing that the caller may know of, is there.
pub(crate) fn not_found() -> Refusal {
    Refusal::new(ProblemKind::NotFound, "Nothing is at this address.")
}
