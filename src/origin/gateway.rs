use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_native_tls::TlsAcceptor;

use super::answer::{Answer, Response};
use super::raw::{self, Ending};
use super::shared::Shared;
use super::{Scheme, Slot, head};

/// Connections of one gateway at a time; further ones wait.
const CONNECTIONS: usize = 512;
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the other side may take to read the end of an answer.
const LINGER: Duration = Duration::from_secs(2);

/// A listener: one origin.
#[derive(Clone)]
pub(super) struct Gateway {
    pub(super) slot: Slot,
    pub(super) scheme: Scheme,
    pub(super) shared: Arc<Shared>,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Gateway {
    /// Serves until the task is aborted; then its connections end too.
    pub(super) async fn serve(self, listener: TcpListener) {
        let mut connections = JoinSet::new();
        loop {
            while connections.try_join_next().is_some() {}
            while connections.len() >= CONNECTIONS {
                connections.join_next().await;
            }
            match listener.accept().await {
                Ok((stream, _)) => {
                    connections.spawn(self.clone().connection(stream));
                }
                // Out of file descriptors, say: it passes.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    async fn connection(self, mut stream: TcpStream) {
        // Small pieces of a body are to travel as such.
        _ = stream.set_nodelay(true);
        match &self.tls {
            None => {
                let ending = self.exchange(&mut stream).await;
                finish(&mut stream, ending).await;
            }
            Some(acceptor) => {
                let Ok(Ok(mut tls)) =
                    tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await
                else {
                    return;
                };
                let ending = self.exchange(&mut tls).await;
                finish(&mut tls, ending).await;
            }
        }
    }

    async fn exchange<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
    ) -> io::Result<Ending> {
        let Some(head) = head::read(stream).await else {
            stream
                .write_all(
                    b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                )
                .await?;
            return Ok(Ending::Close);
        };
        let answer = match self.shared.receive(&head, self.slot, self.scheme) {
            None => Answer::Http(Response::text(404, &[], "there is no such content host")),
            Some(turn) => {
                if let Some(hold) = turn.hold
                    && !released(hold, stream).await
                {
                    return Ok(Ending::Close);
                }
                turn.answer
            }
        };
        match answer {
            Answer::Http(response) => {
                self.shared
                    .inner
                    .say(response, head.is_head(), stream)
                    .await?;
                Ok(Ending::Close)
            }
            Answer::Raw(answer) => raw::play(stream, &answer, head.is_head()).await,
        }
    }
}

/// Waits for the release; false when the other side gives up before.
async fn released<S: AsyncRead + Unpin>(mut hold: watch::Receiver<bool>, stream: &mut S) -> bool {
    tokio::select! {
        released = hold.wait_for(|released| *released) => released.is_ok(),
        () = raw::until_closed(stream) => false,
    }
}

/// Ends a connection. Closing a socket with unread input would reset it, and the reset could overtake the answer: so
/// after an orderly end the rest of the input is read.
async fn finish<S: Finish>(stream: &mut S, ending: io::Result<Ending>) {
    match ending {
        Ok(Ending::Close) => {
            _ = stream.shutdown().await;
            _ = tokio::time::timeout(LINGER, raw::until_closed(stream)).await;
        }
        Ok(Ending::Reset) => stream.reset(),
        Err(_) => {}
    }
}

trait Finish: AsyncRead + AsyncWrite + Unpin {
    fn reset(&self);
}

impl Finish for TcpStream {
    fn reset(&self) {
        // With no time to linger, dropping the socket sends RST.
        _ = self.set_zero_linger();
    }
}

impl Finish for tokio_native_tls::TlsStream<TcpStream> {
    fn reset(&self) {
        self.get_ref().get_ref().get_ref().reset();
    }
}
