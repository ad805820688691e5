use std::{fmt, time::Duration};

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The URL can not be sent to.
    #[error("failed to send to `{0}`: only http and https URLs with a host can be used")]
    Url(String),
    /// The host's name has no address.
    #[error("failed to resolve the host `{host}`: {reason}")]
    Resolve {
        /// The name.
        host: String,
        /// What the resolver says.
        reason: String,
    },
    /// No connection could be made.
    #[error("failed to connect to {address}: {reason}")]
    Connect {
        /// Host and port.
        address: String,
        /// What the system says.
        reason: String,
    },
    /// The TLS handshake failed.
    #[error("failed to establish TLS with {address}: {reason}")]
    Tls {
        /// Host and port.
        address: String,
        /// What the TLS library says.
        reason: String,
    },
    /// The deadline of the exchange passed before the head of an answer was there.
    #[error("failed to get an answer within {} s: still {phase}", deadline.as_secs_f32())]
    Timeout {
        /// What was going on.
        phase: Phase,
        /// The deadline.
        deadline: Duration,
    },
    /// The connection was closed in order, before any answer.
    #[error("failed to get an answer: the connection was closed without one")]
    Closed,
    /// The connection was reset before any answer.
    #[error("failed to get an answer: the connection was reset")]
    Reset,
    /// What came is not HTTP/1.1.
    #[error("failed to read the answer: {0}")]
    Malformed(String),
    /// The request ends by resetting the connection, so no answer was awaited.
    #[error("no answer was awaited: the request ends by resetting the connection")]
    NotAwaited,
}

impl WireError {
    /// Whether an open connection was lost without an answer: a registry that lives on has dropped it.
    pub fn lost_connection(&self) -> bool {
        matches!(self, Self::Closed | Self::Reset)
    }

    /// Whether there was no connection at all.
    pub fn no_connection(&self) -> bool {
        matches!(
            self,
            Self::Resolve { .. } | Self::Connect { .. } | Self::Tls { .. }
        )
    }
}

/// Where an exchange stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No connection yet.
    Connecting,
    /// The request was not yet sent.
    Sending,
    /// All was sent.
    Waiting,
    /// A part of the answer's head was there.
    Reading,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "connecting",
            Self::Sending => "sending the request",
            Self::Waiting => "waiting for the first octet",
            Self::Reading => "reading the head of the answer",
        })
    }
}

/// Why a client can not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificates to trust are no PEM certificates.
    #[error("failed to read the certificates to trust: {0}")]
    Ca(String),
    /// The client's certificate or key can not be used.
    #[error("failed to read the client certificate and key (PEM; the key PKCS#8): {0}")]
    Identity(String),
    /// The TLS library can not be set up.
    #[error("failed to set up TLS: {0}")]
    Tls(String),
}
