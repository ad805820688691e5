//! What a probe has shown.

use crate::target::CapabilityValue;
use crate::wire::Exchange;

/// What a probe has shown of a capability.
#[derive(Debug)]
pub(in crate::doctor) struct Observation {
    /// What it is; the error is why that is not known.
    pub seen: Result<CapabilityValue, String>,
    /// The exchange that showed it.
    pub exchange: Option<Box<Exchange>>,
}

impl Observation {
    pub(super) fn value(seen: CapabilityValue) -> Self {
        Self {
            seen: Ok(seen),
            exchange: None,
        }
    }

    pub(super) fn is(there: bool) -> Self {
        Self::value(CapabilityValue::Bool(there))
    }

    pub(super) fn choice(name: &str) -> Self {
        Self::value(CapabilityValue::Choice(name.to_owned()))
    }

    pub(super) fn unclear(why: impl Into<String>) -> Self {
        Self {
            seen: Err(why.into()),
            exchange: None,
        }
    }

    pub(super) fn by(mut self, exchange: impl Into<Box<Exchange>>) -> Self {
        self.exchange = Some(exchange.into());
        self
    }

    /// There if the answer is a success, not there if it is a refusal.
    pub(super) fn of(exchange: Box<Exchange>) -> Self {
        let seen = match exchange.status() {
            Some(200..300) => Ok(CapabilityValue::Bool(true)),
            Some(400..=499 | 501) if !exchange.gave_up => Ok(CapabilityValue::Bool(false)),
            Some(status) => Err(format!("the probe was answered {status}")),
            None => Err("the probe was not answered".to_owned()),
        };
        Self {
            seen,
            exchange: Some(exchange),
        }
    }
}
