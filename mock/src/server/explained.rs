//! Answers to requests that never reach a handler because hyper can not read them: a problem document in the place of nothing.

use std::{
    future::Future,
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Sleep,
};

use crate::problem::{Problem, ProblemKind};

use super::{activity::Activity, answering::Answering};

/// A stream on which hyper's own bodyless answers to broken heads (400, 414, 431) get a problem document (ERR-1).
pub(super) struct Explained<S> {
    inner: S,
    activity: Arc<Activity>,
    answering: Arc<Answering>,
    /// How many answers there were when everything was written, if that is so: what comes then is no part of one.
    written: Option<u64>,
    /// Octets that were read since the connection last waited for more.
    read_at_once: usize,
    problem_type_prefix: String,
    /// Answers 500 in the place of what hyper does. Set by a defect alone.
    fails: bool,
    /// What stands in the place of an answer of hyper's, as far as it is not written yet.
    unwritten: Bytes,
    /// Runs out when what the client still sends after such an answer is no longer read.
    lingering: Option<Pin<Box<Sleep>>>,
}

/// How long the rest of a broken request is read and forgotten: closing at once would reset the connection, and the client might
/// never see why.
const LINGER: Duration = Duration::from_secs(2);

impl<S: AsyncWrite + Unpin> Explained<S> {
    pub(super) fn new(
        inner: S,
        activity: Arc<Activity>,
        answering: Arc<Answering>,
        problem_type_prefix: String,
        fails: bool,
    ) -> Self {
        Self {
            inner,
            activity,
            answering,
            written: Some(0),
            read_at_once: 0,
            problem_type_prefix,
            fails,
            unwritten: Bytes::new(),
            lingering: None,
        }
    }

    /// The status line of an answer of hyper's own, if that is what is written. A body may look like one: only what comes between answers
    /// can be one.
    fn unexplained<'a>(&self, buffer: &'a [u8]) -> Option<(&'a str, u16)> {
        let is_between_answers = self.written.is_some() && self.written == self.answering.ended();
        is_between_answers.then(|| unexplained(buffer)).flatten()
    }

    /// The stream beneath.
    pub(super) fn into_inner(self) -> S {
        self.inner
    }

    fn poll_unwritten(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.unwritten.has_remaining() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &self.unwritten))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unwritten.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> Explained<S> {
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(lingering) = &mut self.lingering else {
            return Poll::Ready(Ok(()));
        };
        let mut scratch = [MaybeUninit::uninit(); 4096];
        while lingering.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::uninit(&mut scratch);
            match ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                // The client has ended its half, or is gone.
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Octets of a connection that are read before others have their turn.
const AT_ONCE: usize = 512 << 10;

/// The status line, if this is an answer that only hyper itself makes: a client error with neither body nor content type.
fn unexplained(buffer: &[u8]) -> Option<(&str, u16)> {
    // Most answers are none, and need no further look.
    if buffer.get(..10) != Some(b"HTTP/1.1 4") && buffer.get(..10) != Some(b"HTTP/1.0 4") {
        return None;
    }
    let head = std::str::from_utf8(buffer).ok()?.strip_suffix("\r\n\r\n")?;
    let (status_line, headers) = head.split_once("\r\n")?;
    let status = status_line
        .strip_prefix("HTTP/1.")?
        .get(2..5)?
        .parse()
        .ok()?;
    let headers = headers.to_ascii_lowercase();
    let is_bare = headers.contains("content-length: 0") && !headers.contains("content-type:");
    ((400..500).contains(&status) && is_bare).then_some((status_line, status))
}

fn explain(status_line: &str, status: u16, problem_type_prefix: &str) -> Bytes {
    let detail = match status {
        414 => "The request target is too long.",
        431 => "The headers are too large.",
        _ => "The request is broken as HTTP.",
    };
    let body = Problem::new(ProblemKind::MalformedRequest, detail)
        .document(problem_type_prefix, Some(status))
        .to_string();
    let length = body.len();
    Bytes::from(format!(
        "{status_line}\r\ncontent-type: application/problem+json\r\ncontent-length: {length}\r\ncache-control: no-store\r\n\
         connection: close\r\n\r\n{body}"
    ))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Explained<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_unwritten(cx))?;
        if let Some((status_line, status)) = self.unexplained(buffer) {
            self.lingering = Some(Box::pin(tokio::time::sleep(LINGER)));
            let (status_line, status) = if self.fails {
                ("HTTP/1.1 500 Internal Server Error", 500)
            } else {
                (status_line, status)
            };
            self.unwritten = explain(status_line, status, &self.problem_type_prefix);
            return Poll::Ready(Ok(buffer.len()));
        }
        self.written = None;
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, buffer));
        self.activity.wrote();
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = buffers.first().map_or(&[] as &[u8], |first| first);
        if self.unwritten.has_remaining() || self.unexplained(first).is_some() {
            return self.poll_write(cx, first);
        }
        self.written = None;
        let written = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, buffers));
        self.activity.wrote();
        Poll::Ready(written)
    }

    /// Whether bodies are sent from where they are: without that they would be copied behind the head, whole, for every client that is
    /// slow to take them.
    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unwritten(cx))?;
        ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
        // hyper flushes when it has nothing left to write.
        self.written = self.answering.ended();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_unwritten(cx))?;
        ready!(Pin::new(&mut self.inner).poll_shutdown(cx))?;
        self.poll_linger(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Explained<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // Of what is no body, such as the digits of a chunk's size, hyper reads on as long as there is more: others are to have their turn.
        if self.read_at_once >= AT_ONCE {
            self.read_at_once = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let Poll::Ready(read) = Pin::new(&mut self.inner).poll_read(cx, buffer) else {
            self.read_at_once = 0;
            return Poll::Pending;
        };
        self.read_at_once += buffer.filled().len() - before;
        self.activity.read();
        Poll::Ready(read)
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, task::Waker};

    use tokio::io::{join, repeat, sink};

    use super::*;
    use crate::server::activity::Ticks;

    #[test]
    fn who_never_stops_sending_lets_others_have_their_turn() {
        let endless = join(repeat(b'0'), sink());
        let activity = Arc::new(Activity::new(Ticks::default()));
        let answering = Arc::new(Answering::default());
        let stream = Explained::new(endless, activity, answering, String::new(), false);
        let mut stream = pin!(stream);
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..3 {
            let mut octets = 0;
            let mut memory = vec![0; 64 << 10];
            let mut buffer = ReadBuf::new(&mut memory);
            while stream.as_mut().poll_read(&mut cx, &mut buffer).is_ready() {
                octets += buffer.filled().len();
                assert!(octets <= AT_ONCE, "{octets}");
                buffer.clear();
            }
            assert_eq!(octets, AT_ONCE);
        }
    }
}
