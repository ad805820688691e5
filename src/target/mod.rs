//! The target file: which registry is judged, with what identities, and what it declares about itself.

mod capability;
mod defaults;
mod environment;
mod error;
mod identity;
mod load;
mod model;
mod needs;
mod paths;
mod problem;
mod quantity;
mod reader;
mod redacted;
mod token_command;

pub use capability::{
    CAPABILITIES, Capabilities, CapabilityDefinition, CapabilityError, CapabilityKind,
    CapabilityValue,
};
pub use environment::Environment;
pub use error::TargetError;
pub use identity::{Authentication, Identities, Identity};
pub use load::{LoadOptions, TokenCommands};
pub use model::{Deadlines, Limits, OriginOptions, ReadAs, Target, TlsFiles};
pub use needs::{Missing, Needs, NeedsError};
pub use paths::{Colon, Operation, PathError, Paths};
pub use problem::{PROBLEM_NAMES, ProblemTypes};
pub use quantity::{DurationText, QuantityError, Size};
