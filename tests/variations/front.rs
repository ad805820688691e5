//! What stands in front of a registry: passes requests on to the octet, and answers as a dialect would.
//!
//! One exchange a connection, since a connection that ends with its answer is one of the things that a client has to take.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::dialect::{Dialect, Request, Response};

/// Octets of a request that are looked at to know what it asks for.
const KNOWN_OF_REQUEST: usize = 64 << 10;
/// How long what a client still sends after its answer is read off, so that no reset overtakes the answer.
const LINGER: Duration = Duration::from_secs(2);

/// A front that listens and does not serve yet.
pub(crate) struct Front {
    listener: TcpListener,
    dialect: Dialect,
}

impl Front {
    pub(crate) async fn bind(dialect: Dialect) -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
            dialect,
        }
    }

    /// The base URL, by which the registry calls itself.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.listener.local_addr().unwrap())
    }

    /// Serves the registry at a port, until the set is dropped.
    pub(crate) fn serve(self, port: u16) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut exchanges = JoinSet::new();
            while let Ok((client, _)) = self.listener.accept().await {
                exchanges.spawn(exchange(client, port, self.dialect));
                while exchanges.try_join_next().is_some() {}
            }
        });
        tasks
    }
}

/// A client that goes away, or a registry that answers nothing, ends the exchange without more.
async fn exchange(client: TcpStream, port: u16, dialect: Dialect) {
    let Ok(registry) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let (from_client, mut to_client) = client.into_split();
    let (mut from_registry, to_registry) = registry.into_split();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let mut requests = JoinSet::new();
    requests.spawn(pass_on(from_client, to_registry, seen.clone()));
    let answered = answer(&mut from_registry, &mut to_client, &seen, dialect).await;
    let _ = to_client.shutdown().await;
    if answered.is_some() {
        let _ = tokio::time::timeout(LINGER, requests.join_next()).await;
    }
}

async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, seen: Arc<Mutex<Vec<u8>>>) {
    let mut buffer = vec![0; 16 << 10];
    let mut is_heard = true;
    while let Ok(count @ 1..) = from.read(&mut buffer).await {
        {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let room = KNOWN_OF_REQUEST.saturating_sub(seen.len());
            seen.extend_from_slice(&buffer[..count.min(room)]);
        }
        is_heard = is_heard && to.write_all(&buffer[..count]).await.is_ok();
    }
    let _ = to.shutdown().await;
}

/// `None` when no whole answer came.
async fn answer(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    seen: &Mutex<Vec<u8>>,
    dialect: Dialect,
) -> Option<()> {
    let mut received = Vec::new();
    let mut response = loop {
        let length = read_head(from, &mut received).await?;
        let head: Vec<u8> = received.drain(..length).collect();
        let response = Response::read(&head)?;
        if response.status >= 200 {
            break response;
        }
        to.write_all(&head).await.ok()?;
    };
    let request = Request::read(&seen.lock().unwrap_or_else(PoisonError::into_inner));
    response.has_body = request.method != "HEAD" && !matches!(response.status, 204 | 304);
    if response.has_body {
        response.body = read_body(from, received, &response).await?;
    }
    dialect(&request, &mut response);
    to.write_all(&response.write(&request)).await.ok()
}

async fn read_head(from: &mut OwnedReadHalf, received: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = find(received, b"\r\n\r\n") {
            return Some(end + 4);
        }
        read_more(from, received).await?;
    }
}

async fn read_body(
    from: &mut OwnedReadHalf,
    mut received: Vec<u8>,
    response: &Response,
) -> Option<Vec<u8>> {
    if response.header("transfer-encoding").is_some() {
        let mut body = Vec::new();
        loop {
            let end = loop {
                match find(&received, b"\r\n") {
                    Some(end) => break end,
                    None => read_more(from, &mut received).await?,
                }
            };
            let size = std::str::from_utf8(&received[..end]).ok()?;
            let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
            let whole = end + 2 + size + 2;
            while received.len() < whole {
                read_more(from, &mut received).await?;
            }
            if size == 0 {
                return Some(body);
            }
            body.extend_from_slice(&received[end + 2..end + 2 + size]);
            received.drain(..whole);
        }
    }
    match response.header("content-length") {
        Some(length) => {
            let length: usize = length.parse().ok()?;
            while received.len() < length {
                read_more(from, &mut received).await?;
            }
            received.truncate(length);
        }
        None => while read_more(from, &mut received).await.is_some() {},
    }
    Some(received)
}

/// `None` at the end.
async fn read_more(from: &mut OwnedReadHalf, received: &mut Vec<u8>) -> Option<()> {
    match from.read_buf(received).await {
        Ok(1..) => Some(()),
        _ => None,
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
