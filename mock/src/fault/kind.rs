//! What a fault does.

use std::{num::NonZeroU32, time::Duration};

use super::StatusFault;

/// What a fault does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FaultKind {
    /// Answers with this status.
    Status(Box<StatusFault>),
    /// Waits before it goes on.
    Delay(Duration),
    /// Begins the answer, is silent, and closes the connection.
    Stall(Duration),
    /// Waits until the operator lets the request go on.
    Hold(String),
    /// Ends the connection in the place of an answer.
    Connection(ConnectionFault),
    /// Declares the whole body, sends so many bytes of it, and closes the connection.
    Truncate(u32),
    /// Sends the answer slowly.
    Dribble {
        /// Bytes at a time.
        bytes: NonZeroU32,
        /// What lies between.
        every: Duration,
    },
}

impl FaultKind {
    /// The name, which is that of its member.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Delay(_) => "delay",
            Self::Stall(_) => "stall",
            Self::Hold(_) => "hold",
            Self::Connection(_) => "connection",
            Self::Truncate(_) => "truncate",
            Self::Dribble { .. } => "dribble",
        }
    }
}

/// How a connection ends in the place of an answer; the names are those of `WireMock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionFault {
    /// `CONNECTION_RESET_BY_PEER`: with a TCP reset.
    ResetByPeer,
    /// `EMPTY_RESPONSE`: without a byte.
    EmptyResponse,
    /// `MALFORMED_RESPONSE_CHUNK`: 200, one chunk, and then what is no chunk.
    MalformedResponseChunk,
    /// `RANDOM_DATA_THEN_CLOSE`: with bytes that are no HTTP.
    RandomDataThenClose,
}

impl ConnectionFault {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::ResetByPeer,
        Self::EmptyResponse,
        Self::MalformedResponseChunk,
        Self::RandomDataThenClose,
    ];

    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::ResetByPeer => "CONNECTION_RESET_BY_PEER",
            Self::EmptyResponse => "EMPTY_RESPONSE",
            Self::MalformedResponseChunk => "MALFORMED_RESPONSE_CHUNK",
            Self::RandomDataThenClose => "RANDOM_DATA_THEN_CLOSE",
        }
    }
}
