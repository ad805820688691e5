//! A server that answers the first create as a registry does, and everything after it in one hostile way.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::{Value, json};

use super::request::Request;
use super::ways::Hostility;

/// A server that is left behind when the bench ends.
pub(crate) fn serve(hostility: Hostility) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let met = Arc::new(AtomicUsize::new(0));
    let base = url.clone();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (met, base) = (Arc::clone(&met), base.clone());
            thread::spawn(move || {
                let mut stream = stream;
                let Some(request) = Request::read(&stream) else {
                    return;
                };
                let _ = if met.fetch_add(1, Ordering::SeqCst) == 0 {
                    created(&mut stream, &base, &request.body)
                } else {
                    hostility(&mut stream)
                };
            });
        }
    });
    url
}

/// As a registry answers to create, so that the run begins.
fn created(to: &mut TcpStream, base: &str, manifest: &[u8]) -> std::io::Result<()> {
    let manifest: Value = serde_json::from_slice(manifest).unwrap_or_default();
    let body = json!({
        "release": manifest,
        "creator": "owner",
        "status": "pending",
        "contentSources": [],
        "uploadUrl": format!("{base}upload"),
    })
    .to_string();
    write!(
        to,
        "HTTP/1.1 201 Created\r\nLocation: {base}status\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}
