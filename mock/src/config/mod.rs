//! What the operator of a registry chooses.

mod duration;
mod options;
mod processing;
mod size;

pub use duration::{DurationError, parse_duration};
pub use options::{BadMirror, Config, DigestForm, Verification};
pub use processing::{ProcessingMode, ProcessingModeError};
pub use size::{SizeError, parse_size};
