//! What keeps the program from starting or going on.

use std::{io, path::PathBuf};

use crate::{StartError, jws::KeyStoreError};

/// Options that can not be used.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// A file that an option names can not be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The configuration file is not what it should be.
    #[error("failed to read {place}: {reason}")]
    File {
        /// The file, with line and column.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// No header can have that name.
    #[error("failed to use {name:?} as the name of a header")]
    HeaderName {
        /// The text that was given.
        name: String,
        /// What is wrong with it.
        #[source]
        source: http::header::InvalidHeaderName,
    },
    /// A file holds no keys.
    #[error("failed to load the keys of {}", path.display())]
    Keys {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: KeyStoreError,
    },
    /// An authority of a server that has none.
    #[error(
        "failed to use --ca-file without --tls: add --tls to serve https, or leave --ca-file out"
    )]
    CaFileWithoutTls,
    /// The built-in keys can not be loaded, which only a broken OpenSSL can cause.
    #[error("failed to load the built-in keys")]
    BuiltInKeys(#[source] KeyStoreError),
}

/// Why the program does not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Options that can not be used.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The registry does not start.
    #[error("failed to start")]
    Start(#[from] StartError),
    /// Signals can not be waited for.
    #[error("failed to wait for {name}")]
    Signal {
        /// The signal.
        name: &'static str,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A file can not be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Nobody takes the ready line.
    #[error("failed to write to stdout")]
    Stdout(#[source] io::Error),
}
