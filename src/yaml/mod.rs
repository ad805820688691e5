//! YAML read as JSON values, with the place of every value, so that an error can name line and column.

mod builder;
mod error;
mod located;
mod pointer;
mod scalar;
mod violation;

pub use error::YamlError;
pub use located::{Located, Position, Spans};
pub use pointer::escape;
pub use violation::Violation;
