//! Why there is no success; meant to be read by people.

/// What ends a try, or all of them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// There is no success, and none to come.
    #[error("{0}")]
    Final(String),
    /// No whole answer came. If the request was sent, the registry may have done the work all the same.
    #[error("{reason}")]
    LostAnswer { reason: String, sent: bool },
    /// A kind of key that is not implemented here.
    #[error("not implemented: {0}")]
    Unsupported(String),
    #[error("failed to read or write a file: {0}")]
    File(#[from] std::io::Error),
    #[error("failed to read JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self::Final(reason.into())
    }
}
