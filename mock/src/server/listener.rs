//! Listeners, and the server that they make.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream, lookup_host},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use super::{
    App, ConnectionLimits, Origin, TlsIdentity, connection,
    connections::{Connections, Place},
};

/// Connections that wait to be accepted, as far as the system lets them. Where there is no place in that queue a client tries again after
/// a second, however soon it could be served.
const QUEUE: u32 = 4096;
/// Bytes that the system keeps of what a client has not taken yet, twice that where it counts its own books. Left to itself it keeps up to
/// megabytes for each connection, and a few thousand clients that take nothing have its memory for TCP, which others need to connect at all.
const UNTAKEN: u32 = 128 << 10;
/// How long requests that are under way may take when the server ends.
const GRACE: Duration = Duration::from_secs(2);
/// Connections that are turned away with an answer at a time; more are closed without one.
const REFUSALS: usize = 64;
/// How long that may take.
const REFUSAL: Duration = Duration::from_secs(1);
/// What a listener waits after an error such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why an address can not be served.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address is taken or not this machine's.
    #[error("failed to listen on {address}")]
    Bind {
        /// `HOST:PORT`.
        address: String,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// An address that connections queue up at.
#[derive(Debug)]
pub(crate) struct Bound {
    listener: TcpListener,
    address: SocketAddr,
}

impl Bound {
    /// Takes an address; port 0 is a free one.
    pub(crate) async fn bind(host: &str, port: u16) -> Result<Self, ListenError> {
        let fail = |source| ListenError::Bind {
            address: format!("{host}:{port}"),
            source,
        };
        let host_without_brackets = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = lookup_host((host_without_brackets, port)).await;
        let mut last = io::ErrorKind::AddrNotAvailable.into();
        let listener = addresses
            .map_err(fail)?
            .find_map(|address| listen(address).map_err(|error| last = error).ok())
            .ok_or_else(|| fail(last))?;
        let address = listener.local_addr().map_err(fail)?;
        Ok(Self { listener, address })
    }

    /// The address, with the port that it got.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// As `TcpListener::bind`, with a longer queue.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // Connections that have ended keep no port from being taken again; elsewhere that would let two take it.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    // Those that are accepted inherit it; a system that does not take it is as it was.
    let _ = socket.set_send_buffer_size(UNTAKEN);
    socket.bind(address)?;
    socket.listen(QUEUE)
}

/// Listeners that serve an app; dropped, they and their connections end at once.
#[derive(Debug)]
pub(crate) struct Server {
    stopping: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

impl Server {
    /// Begins to serve, with TLS where an identity is given. Must be called within a Tokio runtime.
    pub(crate) fn start(
        app: &Arc<App>,
        listeners: Vec<(Bound, Origin, Option<&TlsIdentity>)>,
        limits: ConnectionLimits,
    ) -> Self {
        let (stopping, watch) = watch::channel(false);
        let connections = Connections::new(limits.within_open_files());
        let watching = tokio::spawn(connections.clone().watch(watch.clone()));
        let running = listeners
            .into_iter()
            .map(|(bound, origin, tls)| {
                let acceptor = tls.map(|tls| tls.acceptor.clone());
                tokio::spawn(accept(
                    app.clone(),
                    Arc::new(origin),
                    bound.listener,
                    acceptor,
                    connections.clone(),
                    watch.clone(),
                ))
            })
            .chain([watching])
            .collect();
        Self { stopping, running }
    }

    /// Takes no further connections, lets requests that are under way come to their end, and returns then.
    pub(crate) async fn stop(mut self) {
        self.stopping.send_replace(true);
        for listener in &mut self.running {
            let _ = listener.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for listener in &self.running {
            listener.abort();
        }
    }
}

async fn accept(
    app: Arc<App>,
    origin: Arc<Origin>,
    listener: TcpListener,
    tls: Option<tokio_native_tls::TlsAcceptor>,
    connections: Connections,
    mut stopping: watch::Receiver<bool>,
) {
    let mut serving = JoinSet::new();
    let mut refusing = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Small answers must not wait for a full packet; a socket that can not is slower and still right.
                    let _ = stream.set_nodelay(true);
                    let Some(place) = connections.admit() else {
                        if refusing.len() < REFUSALS {
                            refusing.spawn(timeout(REFUSAL, refuse(stream)));
                        }
                        continue;
                    };
                    let number = place.number();
                    let task = serving.spawn(serve(app.clone(), origin.clone(), stream, tls.clone(), place, stopping.clone()));
                    connections.served_by(number, task);
                }
                // The process can open no more: one that waits for its client makes room.
                Err(_) => if !connections.make_room() {
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                },
            },
            Some(_) = serving.join_next() => {}
            Some(_) = refusing.join_next() => {}
            () = connection::stopped(&mut stopping) => break,
        }
    }
    drop(listener);
    let _ = timeout(GRACE, async {
        while serving.join_next().await.is_some() {}
    })
    .await;
}

/// Turns a connection away for which there is no place, and reads what it sends: closing on that would lose the answer.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    let body = r#"{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"All connections that the server takes are at work (--max-connections)."}"#;
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         retry-after: 1\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    let mut scratch = [0; 1024];
    while stream.read(&mut scratch).await? > 0 {}
    Ok(())
}

async fn serve(
    app: Arc<App>,
    origin: Arc<Origin>,
    stream: TcpStream,
    tls: Option<tokio_native_tls::TlsAcceptor>,
    place: Place,
    stopping: watch::Receiver<bool>,
) {
    let activity = place.activity.clone();
    match tls {
        None => connection::serve(app, origin, stream, activity, stopping).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = timeout(HANDSHAKE, acceptor.accept(stream)).await {
                connection::serve(app, origin, stream, activity, stopping).await;
            }
        }
    }
}
