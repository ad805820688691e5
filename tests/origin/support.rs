//! What the tests of content hosts have in common.

use std::io::ErrorKind;
use std::time::Duration;

use bytes::Bytes;
use registry_conformance::origin::{Behaviour, Body, Host, Origin, OriginOptions, Slot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

pub(crate) const CONTENT: &[u8] = b"the content of the release, all of it";
/// Long enough for a busy machine; nothing waits so long when all is well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn body() -> Body {
    Body {
        bytes: Bytes::from_static(CONTENT),
        media_type: "application/wasm".to_owned(),
    }
}

pub(crate) async fn origin() -> Origin {
    Origin::start(OriginOptions::default())
        .await
        .expect("an origin")
}

pub(crate) fn host(origin: &Origin, behaviour: Behaviour) -> Host {
    origin
        .host("content.wasm", Slot::A, behaviour)
        .expect("a host")
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

pub(crate) async fn get(url: Url) -> reqwest::Response {
    client()
        .get(url)
        .timeout(PATIENCE)
        .send()
        .await
        .expect("an answer")
}

/// Sends a request by hand.
pub(crate) async fn connect(url: &Url, method: &str) -> TcpStream {
    let port = url.port().expect("a port");
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .expect("a connection");
    let request = format!(
        "{method} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        url.path()
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

/// Everything until the end of the connection, and how it ended.
pub(crate) async fn drain(stream: &mut TcpStream) -> (Vec<u8>, Result<(), ErrorKind>) {
    let mut seen = Vec::new();
    let reading = async {
        loop {
            match stream.read_buf(&mut seen).await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error.kind()),
            }
        }
    };
    let end = tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("an end");
    (seen, end)
}

pub(crate) async fn raw(behaviour: Behaviour) -> (Vec<u8>, Result<(), ErrorKind>) {
    let origin = origin().await;
    let host = host(&origin, behaviour);
    drain(&mut connect(&host.url(), "GET").await).await
}

/// Reads until `expected` has come, and no further.
pub(crate) async fn read_until(stream: &mut TcpStream, expected: &[u8]) {
    let mut seen = Vec::new();
    let reading = async {
        while !seen.ends_with(expected) {
            assert_ne!(
                stream.read_buf(&mut seen).await.expect("bytes"),
                0,
                "{}",
                String::from_utf8_lossy(&seen)
            );
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .expect("the bytes in time");
}
