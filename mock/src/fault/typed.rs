//! Faults as Rust programs set them.

use std::{num::NonZeroU32, time::Duration};

use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use crate::{
    answer::ContentBody,
    selection::{Phase, Selector, selection_methods},
};

use super::{
    ConnectionFault, FaultKind, StatusFault,
    parse::{default_phase, is_hold_name},
    retry_after::RetryAfter,
};

/// Something that disturbs transport or timing. It meets every request of the API until it is told which.
///
/// ```
/// use mock_registry::{Fault, MockRegistry, Operation};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let registry = MockRegistry::builder().start().await?;
/// // The first two requests are turned away; the registry does nothing for them.
/// let busy = registry.inject(Fault::status(503).retry_after(2).on(Operation::Get).times(2))?;
/// // The answer to the next is lost.
/// registry.inject(Fault::reset().on(Operation::Get).times(1).after())?;
///
/// let url = format!("{}components/example.test:dog-facts/v1.0.0", registry.url());
/// for _ in 0..2 {
///     let answer = reqwest::get(&url).await?;
///     assert_eq!(answer.status(), 503);
///     assert_eq!(answer.headers()["retry-after"], "2");
/// }
/// assert!(reqwest::get(&url).await.is_err());
/// assert_eq!(reqwest::get(&url).await?.status(), 404);
///
/// let faults = registry.faults();
/// assert_eq!(faults[0].id, busy);
/// assert_eq!((faults[0].applied, faults[0].left), (2, Some(0)));
/// assert!(faults.iter().all(|fault| fault.is_consumed()));
/// # Ok(())
/// # }
/// ```
///
/// A held request waits until it is released, here after the registry has done its work:
///
/// ```
/// use mock_registry::{Fault, MockRegistry, Operation};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let registry = MockRegistry::builder().start().await?;
/// registry.inject(Fault::hold("committed").on(Operation::Get).after())?;
/// let url = format!("{}components/example.test:dog-facts/v1.0.0", registry.url());
/// let request = tokio::spawn(reqwest::get(url));
/// registry.held("committed", 1).await?;
/// assert!(!request.is_finished());
/// assert_eq!(registry.release("committed")?, 1);
/// assert_eq!(request.await??.status(), 404);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub(super) selector: Selector,
    pub(super) phase: Phase,
    pub(super) kind: FaultKind,
}

/// A fault with what it has met.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct FaultState {
    /// Names it, e.g. `f1`.
    pub id: String,
    /// The fault.
    pub fault: Fault,
    /// Requests that it is for, so far.
    pub seen: u64,
    /// Requests that it met, so far.
    pub applied: u64,
    /// How many requests it can still meet; any number, when absent.
    pub left: Option<u64>,
}

impl FaultState {
    /// Whether it will never meet a request again.
    pub fn is_consumed(&self) -> bool {
        self.left == Some(0)
    }
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self {
            selector: Selector::default(),
            phase: default_phase(&kind),
            kind,
        }
    }

    /// Answers with this status, and with a problem document where it is an error.
    ///
    /// # Panics
    ///
    /// When the status is not one of 200 to 599, those that an answer can end with.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()));
        assert!(status.is_some(), "the status has to be one of 200 to 599");
        Self::new(FaultKind::Status(Box::new(StatusFault {
            status: status.unwrap_or_default(),
            retry_after: None,
            headers: Vec::new(),
            body: None,
        })))
    }

    /// Waits that long, then goes on; in real time, whatever the session's clock says.
    pub fn delay(by: Duration) -> Self {
        Self::new(FaultKind::Delay(by))
    }

    /// Sends the head of the answer, nothing of its body for that long, and then closes the connection.
    pub fn stall(silence: Duration) -> Self {
        Self::new(FaultKind::Stall(silence))
    }

    /// Waits for [`MockRegistry::release`](crate::MockRegistry::release) with this name, then goes on.
    ///
    /// # Panics
    ///
    /// When the name is not 1 to 64 letters, digits, `-`, `_` and `.`.
    pub fn hold(name: &str) -> Self {
        assert!(is_hold_name(name), "{name:?} can not name a hold");
        Self::new(FaultKind::Hold(name.to_owned()))
    }

    /// Ends the connection in the place of an answer.
    pub fn connection(how: ConnectionFault) -> Self {
        Self::new(FaultKind::Connection(how))
    }

    /// Resets the connection in the place of an answer.
    pub fn reset() -> Self {
        Self::connection(ConnectionFault::ResetByPeer)
    }

    /// Declares the whole body, sends so many bytes of it, and closes the connection.
    pub fn truncate(bytes: u32) -> Self {
        Self::new(FaultKind::Truncate(bytes))
    }

    /// Sends the body of the answer in pieces of so many bytes, with a pause between them. The work is always done before.
    pub fn dribble(bytes: NonZeroU32, every: Duration) -> Self {
        Self::new(FaultKind::Dribble { bytes, every })
    }

    /// Sends `Retry-After` in seconds with a status; other faults have none.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with_status(|status| status.retry_after = Some(RetryAfter::Seconds(seconds)))
    }

    /// Sends `Retry-After` as a date that is so far ahead of the session's clock, rounded up to the second.
    #[must_use]
    pub fn retry_after_date(self, ahead: Duration) -> Self {
        self.with_status(|status| status.retry_after = Some(RetryAfter::DateAhead(ahead)))
    }

    /// Adds a header field to a status; other faults have none.
    ///
    /// # Panics
    ///
    /// When no header field can have this name or value.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let parsed = HeaderName::try_from(name)
            .ok()
            .filter(|_| HeaderValue::from_str(value).is_ok());
        assert!(parsed.is_some(), "{name}: {value} is no header field");
        self.with_status(|status| {
            status
                .headers
                .extend(parsed.map(|name| (name, value.to_owned())));
        })
    }

    /// Sends this text with a status, in the place of the problem document.
    #[must_use]
    pub fn body(self, text: impl Into<String>) -> Self {
        self.with_status(|status| status.body = Some(ContentBody::Text(text.into())))
    }

    /// Sends this JSON document with a status, in the place of the problem document.
    #[must_use]
    pub fn json(self, document: Value) -> Self {
        self.with_status(|status| status.body = Some(ContentBody::Json(document)))
    }

    fn with_status(mut self, change: impl FnOnce(&mut StatusFault)) -> Self {
        if let FaultKind::Status(status) = &mut self.kind {
            change(status);
        }
        self
    }

    selection_methods!();
}
