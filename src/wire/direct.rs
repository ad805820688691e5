//! What no HTTP library sends, octet by octet on a connection of its own.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};
use tokio_native_tls::TlsConnector;

use super::{
    Answer, Phase, WireError,
    collected::BodyBounds,
    connection::{Authority, Connection},
    encode::Encoded,
    transfer::Transfer,
};

/// Sends octets as they are and parses whatever comes back.
pub(super) struct DirectSender {
    pub(super) tls: TlsConnector,
    pub(super) deadline: Duration,
}

impl DirectSender {
    /// One exchange. `method` says whether the answer has a body.
    pub(super) async fn send(
        &self,
        encoded: &Encoded,
        method: &str,
        authority: &Authority,
        bounds: BodyBounds,
        until: Instant,
    ) -> Result<Answer, WireError> {
        let opening = Connection::open(authority, &self.tls);
        let mut connection = timeout_at(until, opening).await.unwrap_or_else(|_| {
            Err(WireError::Timeout {
                phase: Phase::Connecting,
                deadline: self.deadline,
            })
        })?;
        let transfer = Transfer {
            pieces: &encoded.pieces,
            ending: encoded.ending,
            method,
            bounds,
            until,
            deadline: self.deadline,
        };
        transfer.run(&mut connection).await
    }
}
