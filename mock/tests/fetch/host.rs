//! A host that answers every connection with the octets it is told.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What happens after the head of a request was read.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// These octets, then the end of the connection.
    Close(Vec<u8>),
    /// These octets, then a reset.
    Reset(Vec<u8>),
    /// These octets, then nothing for ever.
    Stall(Vec<u8>),
}

impl Answer {
    pub(crate) fn text(text: &str) -> Self {
        Self::Close(text.as_bytes().to_vec())
    }

    /// 200 with this body.
    pub(crate) fn ok(body: &str) -> Self {
        Self::text(&format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn redirect(location: &str) -> Self {
        Self::text(&format!(
            "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
        ))
    }
}

/// A host on a free port of loopback, stopped on drop.
pub(crate) struct Host {
    pub(crate) port: u16,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Host {
    /// A host that answers by the path of the request.
    pub(crate) async fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (seen, answer) = (Arc::clone(&heads), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&answer)));
            }
        });
        Self { port, heads, task }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Heads of the requests so far, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: Arc<Mutex<Vec<String>>>,
    answer: Arc<impl Fn(&str) -> Answer>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(octet) => head.push(octet),
            Err(_) => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.lock().unwrap().push(head.to_lowercase());
    let (octets, answer) = match answer(&path) {
        Answer::Close(octets) => (octets, None),
        Answer::Reset(octets) => (octets, Some(true)),
        Answer::Stall(octets) => (octets, Some(false)),
    };
    if stream.write_all(&octets).await.is_err() {
        return;
    }
    match answer {
        None => drop(stream.shutdown().await),
        // With unread octets of the peer's, or at once, closing resets.
        Some(true) => drop(stream.set_zero_linger()),
        Some(false) => std::future::pending().await,
    }
}
