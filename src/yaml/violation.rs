use super::Position;

/// One thing that is wrong in a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Where in the text.
    pub position: Position,
    /// What is wrong, what was expected, and the way out, without the position.
    pub message: String,
}

impl Violation {
    /// A violation at a position.
    pub fn new(position: Position, message: impl Into<String>) -> Self {
        Self {
            position,
            message: message.into(),
        }
    }

    /// `FILE:LINE:COLUMN: MESSAGE`, as compilers write it.
    pub fn in_file(&self, file: &str) -> String {
        format!(
            "{file}:{}:{}: {}",
            self.position.line, self.position.column, self.message
        )
    }
}
