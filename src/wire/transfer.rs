//! Sends octets and reads a response at the same time.

use std::{io, time::Duration};

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{Instant, sleep_until, timeout_at},
};

use super::{
    Answer, Ending, Phase, WireError,
    collected::BodyBounds,
    connection::Connection,
    response::{End, Progress, ResponseReader},
};

/// How long octets after a response to HEAD are looked for, when the server does not close the connection.
const SURPLUS_WAIT: Duration = Duration::from_secs(1);
/// How long an answer is looked for after the connection broke under the writing of the request.
const BROKEN_WAIT: Duration = Duration::from_secs(2);

pub(super) struct Transfer<'a> {
    pub(super) pieces: &'a [Bytes],
    pub(super) ending: Ending,
    pub(super) method: &'a str,
    pub(super) bounds: BodyBounds,
    pub(super) until: Instant,
    pub(super) deadline: Duration,
}

impl Transfer<'_> {
    /// An answer counts also when it comes before all is sent: a server may refuse a body on its first octets and
    /// close. Reading therefore goes on when writing fails, or the reset of the connection would swallow the answer.
    pub(super) async fn run(&self, connection: &mut Connection) -> Result<Answer, WireError> {
        let mut reader = ResponseReader::new(self.method, self.bounds);
        if self.ending == Ending::Reset {
            return self.reset(connection).await;
        }
        let (mut incoming, mut outgoing) = tokio::io::split(&mut *connection);
        let write = async {
            for piece in self.pieces {
                outgoing.write_all(piece).await?;
                outgoing.flush().await?;
            }
            if self.ending == Ending::HalfClose {
                outgoing.shutdown().await
            } else {
                Ok(())
            }
        };
        tokio::pin!(write);
        let mut sent = None;
        let mut until = self.until;
        let mut buffer = vec![0; 64 * 1024];
        let end = loop {
            tokio::select! {
                result = &mut write, if sent.is_none() => {
                    if result.is_err() {
                        until = until.min(Instant::now() + BROKEN_WAIT);
                    }
                    sent = Some(result);
                }
                read = incoming.read(&mut buffer) => match read {
                    Ok(0) => break End::Closed,
                    Ok(length) => match reader.feed(&buffer[..length]) {
                        Ok(Progress::More) => {}
                        Ok(Progress::Done) if reader.wants_surplus() => {
                            until = until.min(Instant::now() + SURPLUS_WAIT);
                        }
                        Ok(Progress::Done) => break End::Closed,
                        Err(error) => return Err(error),
                    },
                    Err(error) => break end_of(&error),
                },
                () = sleep_until(until) => break End::Deadline,
            }
        };
        let silent = !reader.has_received();
        match reader.finish(&end) {
            Err(_) if end == End::Deadline && !matches!(sent, Some(Err(_))) => {
                Err(WireError::Timeout {
                    phase: match (&sent, silent) {
                        (_, false) => Phase::Reading,
                        (None, true) => Phase::Sending,
                        (Some(_), true) => Phase::Waiting,
                    },
                    deadline: self.deadline,
                })
            }
            // Writing failed first, and what followed gave no answer: that failure is the cause.
            Err(WireError::Closed) if matches!(sent, Some(Err(_))) => Err(WireError::Reset),
            answer => answer,
        }
    }

    async fn reset(&self, connection: &mut Connection) -> Result<Answer, WireError> {
        let write = async {
            for piece in self.pieces {
                connection.write_all(piece).await?;
                connection.flush().await?;
            }
            io::Result::Ok(())
        };
        // Whether it all went out does not matter: the connection is broken off in any case.
        let _ = timeout_at(self.until, write).await;
        connection.reset_on_drop();
        Err(WireError::NotAwaited)
    }
}

fn end_of(error: &io::Error) -> End {
    match error.kind() {
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => End::Reset,
        _ => End::Unclean(error.to_string()),
    }
}
