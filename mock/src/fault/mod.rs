//! Faults: what disturbs transport and timing on purpose, while every rule of the profile is kept.

mod admin;
mod document;
mod faults;
mod hold;
mod kind;
mod parse;
mod retry_after;
mod script;
mod shape;
mod status;
mod typed;

pub(crate) use admin::{all, control};
pub(crate) use faults::{Faults, Hit};
pub(crate) use hold::HeldRequest;
pub use hold::UnknownHold;
pub use kind::ConnectionFault;
pub(crate) use kind::FaultKind;
pub(crate) use script::{connection_script, stand_in};
pub(crate) use shape::{dribbled, stalled, truncated};
pub(crate) use status::StatusFault;
pub use typed::{Fault, FaultState};
