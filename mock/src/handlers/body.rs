//! Reading bodies: limits are counted while the bytes arrive, and what broke off is no body.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::timeout;

use crate::{
    cause::Cause, journal::Recording, problem::ProblemKind, refusal::Refusal, tasks::Tasks,
};

use super::Request;

/// How long a client may be silent within a body.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes a second that a body has to bring in the long run; the first half a minute is free.
const SLOWEST: u64 = 8 << 10;
/// What a value of a document takes when it is read: many times its text.
const VALUE: u64 = 80;
/// Bytes of a body for control that are always taken.
const ALWAYS: u64 = 64 << 10;
/// What is read and thrown away of a body that was refused, so that the client gets to read the answer.
const DRAINED: u64 = 256 << 20;
/// How long that may take.
const DRAINING: Duration = Duration::from_secs(10);

/// Why there is no next chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) enum BodyTrouble {
    /// The connection ended, or what came breaks HTTP.
    BrokenOff,
    /// The client fell silent.
    Silent,
}

impl From<BodyTrouble> for Refusal {
    fn from(trouble: BodyTrouble) -> Self {
        match trouble {
            BodyTrouble::BrokenOff => Self::new(
                ProblemKind::MalformedRequest,
                "The body ended before its declared length.",
            )
            .because(Some(Cause::BrokenOff)),
            BodyTrouble::Silent => Self::new(
                ProblemKind::MalformedRequest,
                "The body did not go on in time.",
            )
            .with_status(408),
        }
    }
}

impl Request {
    /// The next chunk of the body; `None` at its end.
    pub(super) async fn next_chunk(&mut self) -> Result<Option<Bytes>, BodyTrouble> {
        match self.peeked.pop_front() {
            Some(peeked) => peeked.map(Some),
            None => self.receive_chunk().await,
        }
    }

    /// The whole body, if it comes whole and is at most that many bytes; whoever reads it afterwards finds it as it came.
    pub(crate) async fn peek_body(&mut self, limit: usize) -> Option<Bytes> {
        let mut body = BytesMut::new();
        loop {
            match self.receive_chunk().await {
                Ok(Some(chunk)) => {
                    body.extend_from_slice(&chunk);
                    let has_room = self.held.grow(chunk.len() as u64).is_ok();
                    self.peeked.push_back(Ok(chunk));
                    if body.len() > limit || !has_room {
                        return None;
                    }
                }
                Ok(None) => return Some(body.freeze()),
                Err(trouble) => {
                    self.peeked.push_back(Err(trouble));
                    return None;
                }
            }
        }
    }

    async fn receive_chunk(&mut self) -> Result<Option<Bytes>, BodyTrouble> {
        self.body_was_polled = true;
        loop {
            self.activity.waits_for_body();
            let frame = timeout(SILENCE, self.body.frame()).await;
            self.activity.has_body();
            if self.drips() {
                return Err(BodyTrouble::Silent);
            }
            match frame {
                Err(_) => return Err(BodyTrouble::Silent),
                Ok(None) => {
                    if let Some(recording) = &mut self.recording {
                        recording.settle().await;
                        recording.complete();
                    }
                    return Ok(None);
                }
                Ok(Some(Err(_))) => {
                    if let Some(recording) = &mut self.recording {
                        recording.settle().await;
                        recording.broke_off();
                    }
                    return Err(BodyTrouble::BrokenOff);
                }
                // Trailers are not content.
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        self.received += data.len() as u64;
                        if let Some(recording) = &mut self.recording {
                            recording.receive(&data).await;
                        }
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// Whether the body comes so slowly that it was made to.
    fn drips(&self) -> bool {
        let allowed = SILENCE + Duration::from_secs(self.received / SLOWEST);
        self.arrived.elapsed() > allowed
    }

    /// Whether what comes of the body is recorded, and hashed for that.
    pub(super) fn is_recorded(&self) -> bool {
        self.recording.is_some()
    }

    /// SHA-256 of what has come of the body, where it is recorded.
    pub(super) fn received_sha256(&self) -> Option<[u8; 32]> {
        self.recording.as_ref().map(Recording::received_sha256)
    }

    /// The whole body, up to the limit in bytes; it has room as long as the request, or whoever takes that over.
    pub(crate) async fn read_body(&mut self, limit: u64) -> Result<Bytes, Refusal> {
        self.read_body_with(limit, 0).await
    }

    /// The body of a request for control, which has to go through when all is full.
    pub(crate) async fn read_control_body(&mut self, limit: u64) -> Result<Bytes, Refusal> {
        self.read_body_with(limit, ALWAYS).await
    }

    /// So many bytes of it are taken whether there is room or not.
    async fn read_body_with(&mut self, limit: u64, always: u64) -> Result<Bytes, Refusal> {
        let too_large = || {
            Refusal::new(
                ProblemKind::ContentTooLarge,
                format!("The body is more than {limit} bytes."),
            )
        };
        if self.declared_length().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = self.next_chunk().await? {
            if body.len() as u64 + chunk.len() as u64 > limit {
                return Err(too_large());
            }
            let more = chunk.len() as u64;
            if self.held.bytes() + more <= always {
                self.held.set(self.held.bytes() + more);
            } else {
                self.held.grow(more)?;
            }
            body.extend_from_slice(&chunk);
        }
        // A small document for control is read whether there is room or not.
        if body.len() as u64 > always {
            let values = body.iter().filter(|octet| b",[{".contains(octet));
            self.held.grow(VALUE * values.count() as u64)?;
        }
        Ok(body.freeze())
    }

    /// Has what is left of the body read and forgotten while the answer is on its way: a client that reads before it has sent
    /// everything gets it at once, and one that sends everything first does not lose it to a reset connection. Returns whether
    /// the connection can take another request.
    pub(crate) fn drain(mut self, tasks: &Tasks) -> bool {
        if self.expects_continue() && !self.body_was_polled {
            // The client was not asked for its body, and must not be.
            return false;
        }
        if self.body.is_end_stream() {
            if let Some(recording) = &mut self.recording {
                recording.complete();
            }
        } else {
            drop(tasks.spawn(async move { self.read_off().await }));
        }
        true
    }

    /// Reads what is left of the body, within bounds, and forgets it. A client that waits to be asked for it is not asked.
    pub(crate) async fn read_off(&mut self) {
        if self.expects_continue() && !self.body_was_polled {
            return;
        }
        let _ = timeout(DRAINING, async {
            let mut drained = 0;
            while let Ok(Some(chunk)) = self.next_chunk().await {
                drained += chunk.len() as u64;
                if drained > DRAINED {
                    break;
                }
            }
        })
        .await;
    }
}
