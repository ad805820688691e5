//! What is sent over a connection that was taken over from HTTP.

use std::{
    fmt, io,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_native_tls::TlsStream;

/// How long a client may take to close its half of a connection that was closed here.
const LINGER: Duration = Duration::from_secs(2);
/// How long a client may read nothing.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes that a client has to take within that time.
const PIECE: usize = 64 << 10;
/// Bytes of white space that are written at a time.
const PADDING: [u8; 4096] = [b' '; 4096];

/// What is sent, and how the connection ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WireScript {
    /// In order.
    pub steps: Vec<WireStep>,
    /// The end.
    pub ending: Ending,
}

/// One thing to do on a connection.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum WireStep {
    /// Sends bytes.
    Write(Bytes),
    /// Sends so many bytes of white space.
    Pad(usize),
    /// Sends nothing.
    Wait(Duration),
    /// Sends bytes in pieces, with a pause between them.
    Dribble {
        /// All bytes.
        body: Bytes,
        /// Those of a piece.
        bytes: NonZeroU32,
        /// The pause.
        every: Duration,
    },
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// In order: what was sent arrives, then the end.
    Close,
    /// With a TCP reset.
    Reset,
}

/// Where a request leaves what is to become of its connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Takeover(Arc<Mutex<Option<WireScript>>>);

/// That a request gets no answer by HTTP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TakenOver;

impl fmt::Display for TakenOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed to answer: a fault has taken the connection over")
    }
}

impl std::error::Error for TakenOver {}

impl Takeover {
    /// Has the connection end with this.
    pub(super) fn begin(&self, script: WireScript) -> TakenOver {
        *self.lock() = Some(script);
        TakenOver
    }

    /// What the connection is to end with, if it was taken over.
    pub(super) fn take(&self) -> Option<WireScript> {
        self.lock().take()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<WireScript>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream whose connection can end with a reset.
pub(super) trait Resettable {
    /// Has the connection reset when the stream is dropped.
    fn reset_on_drop(&self) -> io::Result<()>;
}

impl Resettable for TcpStream {
    fn reset_on_drop(&self) -> io::Result<()> {
        self.set_zero_linger()
    }
}

impl Resettable for TlsStream<TcpStream> {
    fn reset_on_drop(&self) -> io::Result<()> {
        self.get_ref().get_ref().get_ref().set_zero_linger()
    }
}

impl WireScript {
    /// Does it all. A client that goes away ends it early.
    pub(super) async fn perform<S>(self, mut stream: S)
    where
        S: AsyncRead + AsyncWrite + Resettable + Unpin,
    {
        for step in self.steps {
            if step.perform(&mut stream).await.is_err() {
                return;
            }
        }
        match self.ending {
            // Nothing to be done if the socket will not: it is closed then.
            Ending::Reset => drop(stream.reset_on_drop()),
            Ending::Close => close(stream).await,
        }
    }
}

impl WireStep {
    async fn perform<S: AsyncWrite + Unpin>(self, stream: &mut S) -> io::Result<()> {
        match self {
            Self::Write(bytes) => write(stream, &bytes).await,
            Self::Pad(mut left) => {
                while left > 0 {
                    let padding = &PADDING[..left.min(PADDING.len())];
                    write(stream, padding).await?;
                    left -= padding.len();
                }
                Ok(())
            }
            Self::Wait(duration) => {
                sleep(duration).await;
                Ok(())
            }
            Self::Dribble { body, bytes, every } => {
                let size = usize::try_from(bytes.get()).unwrap_or(usize::MAX);
                for (index, piece) in body.chunks(size).enumerate() {
                    if index > 0 {
                        sleep(every).await;
                    }
                    write(stream, piece).await?;
                }
                Ok(())
            }
        }
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8]) -> io::Result<()> {
    for piece in bytes.chunks(PIECE) {
        timeout(SILENCE, stream.write_all(piece)).await??;
    }
    timeout(SILENCE, stream.flush()).await?
}

/// Ends our half, and reads what the client still sends: closing on unread bytes would be a reset.
async fn close<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let _ = timeout(LINGER, async {
        stream.shutdown().await?;
        let mut scratch = [0; 4096];
        while stream.read(&mut scratch).await? > 0 {}
        io::Result::Ok(())
    })
    .await;
}
