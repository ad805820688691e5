//! YAML read as JSON values, with the place of every value, so that an error can name line and column.

mod builder;
mod error;
mod located;
mod nearest;
mod scalar;
mod violation;

pub use error::YamlError;
pub use located::{Located, Position, Spans};
pub use nearest::nearest;
pub use violation::{Violation, schema_violations};
