//! Canned answers as Rust programs set them.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::selection::{Phase, Selector, selection_methods};

use super::{Content, ContentBody, parse::relative};

/// An answer that is served in the place of the registry's own.
///
/// ```
/// use mock_registry::{CannedAnswer, MockRegistry, Operation};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let registry = MockRegistry::builder().start().await?;
/// registry.answer(
///     CannedAnswer::new(307)
///         .header("location", "{base}elsewhere")
///         .on(Operation::Get)
///         .release("example.test:dog-facts", "1.0.0")
///         .times(1),
/// )?;
/// # let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
/// let url = format!("{}components/example.test:dog-facts/v1.0.0", registry.url());
/// let answer = client.get(&url).send().await?;
/// assert_eq!(answer.status(), 307);
/// assert_eq!(answer.headers()["location"], format!("{}elsewhere", registry.url()));
/// assert_eq!(client.get(&url).send().await?.status(), 404);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CannedAnswer {
    pub(super) selector: Selector,
    pub(super) phase: Phase,
    pub(super) content: Content,
}

/// A canned answer with what it has been served for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CannedAnswerState {
    /// Names it, e.g. `a1`.
    pub id: String,
    /// The answer.
    pub answer: CannedAnswer,
    /// Requests that it is for, so far.
    pub seen: u64,
    /// Requests that it answered, so far.
    pub applied: u64,
    /// How many requests it still answers; any number, when absent.
    pub left: Option<u64>,
}

impl CannedAnswer {
    /// An answer without a body to every request, until it is told for which.
    ///
    /// # Panics
    ///
    /// When the status is not one of 200 to 599, those that an answer can end with.
    pub fn new(status: u16) -> Self {
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()));
        assert!(status.is_some(), "the status has to be one of 200 to 599");
        Self {
            selector: Selector::default(),
            phase: Phase::Before,
            content: Content {
                status: status.unwrap_or_default(),
                headers: Vec::new(),
                body: None,
            },
        }
    }

    /// Has this JSON document for its body, `application/json` where no header field says otherwise.
    #[must_use]
    pub fn json(mut self, document: Value) -> Self {
        self.content.body = Some(ContentBody::Json(document));
        self
    }

    /// Has this text for its body.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.content.body = Some(ContentBody::Text(text.into()));
        self
    }

    /// Has these bytes for its body.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.content.body = Some(ContentBody::Bytes(bytes.into()));
        self
    }

    /// Adds a header field; `{base}` in its value is the base URL.
    ///
    /// # Panics
    ///
    /// When no header field can have this name or value.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let parsed = HeaderName::try_from(name)
            .ok()
            .filter(|_| HeaderValue::from_str(value).is_ok());
        assert!(parsed.is_some(), "{name}: {value} is no header field");
        self.content
            .headers
            .extend(parsed.map(|name| (name, value.to_owned())));
        self
    }

    /// Answers requests at this path only, relative to the base URL; it need not be one of the API.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.selector.path = Some(relative(path));
        self
    }

    selection_methods!();
}
