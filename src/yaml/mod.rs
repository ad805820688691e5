//! YAML read as JSON values, with the place of every value, so that an error can name line and column.

mod builder;
mod error;
mod located;
mod scalar;
mod violation;

pub use error::YamlError;
pub use located::{Located, Position, Spans};
pub use violation::Violation;
