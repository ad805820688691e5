//! `doctor`: whether a registry can be judged at all, step by step, and the next thing to do where it can not.
//!
//! It judges no rule. It asks what has to be so before a verdict means anything: that the registry is reached, that it is
//! one, that identities and keys are what the target file takes them for, that the content hosts are reached, and that the
//! capabilities which can be seen cheaply are those that are declared.

mod answers;
mod capabilities;
mod chart;
mod digests;
mod examine;
mod identities;
mod json;
mod keys;
mod probes;
mod publishing;
mod reach;
mod registry;
mod release;
mod set_up;
mod source;
mod text;
mod visit;

pub use chart::{Finding, Group, Status};
pub use examine::{Examination, LeftBehind, examine};
pub use json::json;
pub use set_up::{unusable_file, unusable_set_up};
pub use text::text;
