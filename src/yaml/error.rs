use super::Position;

/// Text that is not YAML, or is YAML that has no JSON form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {message}", position.line, position.column)]
pub struct YamlError {
    /// Where reading stopped.
    pub position: Position,
    /// What is wrong there, without the position.
    pub message: String,
}

impl YamlError {
    pub(super) fn new(position: Position, message: impl Into<String>) -> Self {
        Self {
            position,
            message: message.into(),
        }
    }
}
