//! Clients and servers on loopback.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use registry_conformance::credentials::{Credentials, Secret};
use registry_conformance::wire::{
    Answer, Body, Client, Exchange, Redactor, Request, WireError, WireOptions,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub(crate) fn client() -> Client {
    client_with(Duration::from_secs(10))
}

pub(crate) fn client_with(exchange_deadline: Duration) -> Client {
    let options = WireOptions {
        exchange_deadline,
        max_body: 1 << 20,
        ..WireOptions::default()
    };
    Client::new(&options).expect("a client")
}

/// A server that handles each connection in one way, and its URL.
pub(crate) async fn server<F, H>(handle: H) -> Url
where
    F: Future<Output = ()> + Send + 'static,
    H: Fn(TcpStream) -> F + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(handle(stream));
        }
    });
    Url::parse(&url).expect("a URL")
}

/// A server that reads a head, then sends octets and closes.
pub(crate) async fn answering(octets: impl Into<Vec<u8>>) -> Url {
    let octets = Bytes::from(octets.into());
    server(move |mut stream| {
        let octets = octets.clone();
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(&octets).await;
        }
    })
    .await
}

pub(crate) async fn read_head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    let mut octet = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut octet).await.is_ok_and(|read| read == 1)
    {
        head.push(octet[0]);
    }
    head
}

pub(crate) async fn get(url: Url) -> Result<Answer, WireError> {
    client().send(&Request::new("get", "GET", url)).await.answer
}

pub(crate) async fn exchange() -> (Exchange, Redactor) {
    let url = answering(
        "HTTP/1.1 422 Unprocessable\r\nContent-Type: application/problem+json\r\nX-Echo: owner-token\r\nContent-Length: 68\r\n\r\n{\"detail\": \"owner-token \x1b[31m\u{202e}\", \"url\": \"http://u:owner-token@h/\"}",
    )
    .await;
    let token = Secret::new("TOKEN_OWNER", "owner-token");
    let request = Request::new("create", "POST", url)
        .header("Content-Type", "application/json")
        .header("X-Quote", "it's")
        .credentials(Some(Arc::new(Credentials::bearer("owner", token.clone()))))
        .body(Body::Bytes(Bytes::from_static(
            b"{\"it's\": \"owner-token $HOME\"}",
        )));
    (client().send(&request).await, Redactor::new([token]))
}
