//! Exit codes, and errors that end the program with one.

use std::fmt;
use std::process::ExitCode;

use thiserror::Error;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: conforms; warnings and known failures are allowed.
    Conforms,
    /// 1: does not conform, also when other cases ended in `error`.
    DoesNotConform,
    /// 2: bad usage, target file, known-failures file or case file; nothing was sent.
    Usage,
    /// 3: the registry can not be reached, or a case ended in `error`.
    Unreachable,
    /// 4: no case ran.
    NothingRan,
    /// 130: interrupted; reports hold what is known so far.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::DoesNotConform => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::NothingRan => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error that ends the program.
#[derive(Debug)]
pub(super) struct CliError {
    /// With this code.
    pub exit: Exit,
    /// For this reason.
    pub error: Reason,
}

/// Any error that ends the program.
#[derive(Debug, Error)]
#[error("{message}")]
pub(super) struct Reason {
    message: String,
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl CliError {
    /// Ends with exit 2.
    pub(super) fn usage(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::of(Exit::Usage, error)
    }

    /// Ends with exit 3.
    pub(super) fn unreachable(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::of(Exit::Unreachable, error)
    }

    /// Ends with exit 2 and this message.
    pub(super) fn message(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Usage,
            error: Reason {
                message: message.into(),
            },
        }
    }

    /// Ends with exit 3: the suite itself failed.
    pub(super) fn failure(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Unreachable,
            ..Self::message(message)
        }
    }

    fn of(exit: Exit, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self {
            exit,
            error: Reason {
                message: with_causes(&error),
            },
        }
    }
}

/// What an error says, and then each cause that it does not tell itself.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !message.contains(&said) {
            message.push_str("\n  because: ");
            message.push_str(&said);
        }
        cause = error.source();
    }
    message
}
