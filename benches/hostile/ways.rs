//! What a hostile server does with a request.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::read::GzEncoder;

/// Answers, or does not; the connection ends after it.
pub(crate) type Hostility = fn(&mut TcpStream) -> std::io::Result<()>;

const DEEP: usize = 100_000;

/// A gibibyte of spaces in a mebibyte.
pub(crate) static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = Vec::new();
    let spaces = std::io::repeat(b' ').take(1 << 30);
    GzEncoder::new(spaces, Compression::fast())
        .read_to_end(&mut packed)
        .expect("memory");
    packed
});

pub(crate) fn endless_body(to: &mut TcpStream) -> std::io::Result<()> {
    to.write_all(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n\r\n")?;
    forever(to, &vec![b'['; 65536])
}

pub(crate) fn endless_chunks(to: &mut TcpStream) -> std::io::Result<()> {
    to.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    let mut chunk = b"10000\r\n".to_vec();
    chunk.extend(vec![b' '; 65536]);
    chunk.extend(b"\r\n");
    forever(to, &chunk)
}

pub(crate) fn endless_fields(to: &mut TcpStream) -> std::io::Result<()> {
    to.write_all(b"HTTP/1.1 200 OK\r\n")?;
    forever(to, b"X-Field: and so on\r\n")
}

/// A head as large as servers send at most, so that it is taken.
pub(crate) fn large_head(to: &mut TcpStream) -> std::io::Result<()> {
    let mut head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n".to_vec();
    let value = "<&\"%".repeat(250);
    for number in 0..60 {
        write!(head, "X-Field-{number}: {value}\r\n")?;
    }
    head.extend(b"\r\n{}");
    to.write_all(&head)
}

pub(crate) fn endless_interim(to: &mut TcpStream) -> std::io::Result<()> {
    forever(to, b"HTTP/1.1 100 Continue\r\n\r\n")
}

pub(crate) fn declared_and_silent(to: &mut TcpStream) -> std::io::Result<()> {
    to.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 10000000000\r\n\r\n{")?;
    silence(to)
}

/// Within the deadline of each read, were there such a one.
pub(crate) fn drip(to: &mut TcpStream) -> std::io::Result<()> {
    octet_by_octet(to, Duration::from_millis(100))
}

pub(crate) fn one_octet_a_second(to: &mut TcpStream) -> std::io::Result<()> {
    octet_by_octet(to, Duration::from_secs(1))
}

pub(crate) fn silence(to: &mut TcpStream) -> std::io::Result<()> {
    // Until the other side gives up.
    to.read(&mut [0; 1]).map(drop)
}

pub(crate) fn redirect(to: &mut TcpStream) -> std::io::Result<()> {
    to.write_all(
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: ?again\r\nContent-Length: 0\r\n\r\n",
    )
}

pub(crate) fn gzip_bomb(to: &mut TcpStream) -> std::io::Result<()> {
    document(
        to,
        "201 Created",
        "application/json\r\nContent-Encoding: gzip",
        &BOMB,
    )
}

pub(crate) fn invalid_utf8(to: &mut TcpStream) -> std::io::Result<()> {
    document(
        to,
        "201 Created",
        "application/json",
        &[b'"', 0xff, 0xfe, b'"'],
    )
}

pub(crate) fn deep_json(to: &mut TcpStream) -> std::io::Result<()> {
    let mut text = "[".repeat(DEEP);
    text.push_str(&"]".repeat(DEEP));
    document(to, "201 Created", "application/json", text.as_bytes())
}

pub(crate) fn many_values(to: &mut TcpStream) -> std::io::Result<()> {
    let text = format!("[{}0]", "0,".repeat(2_000_000));
    document(to, "201 Created", "application/json", text.as_bytes())
}

/// As many mappings as are taken as values, each of which takes many times the memory of its text.
pub(crate) fn small_mappings(to: &mut TcpStream) -> std::io::Result<()> {
    let text = format!("[{}0]", "{\"a\":0},".repeat(2_200));
    document(to, "201 Created", "application/json", text.as_bytes())
}

/// A size of a chunk that has no end.
pub(crate) fn endless_size(to: &mut TcpStream) -> std::io::Result<()> {
    to.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    forever(to, &vec![b'0'; 65536])
}

pub(crate) fn long_text(to: &mut TcpStream) -> std::io::Result<()> {
    let text = format!("\"{}\"", "\\u001b".repeat(700_000));
    document(
        to,
        "201 Created",
        "application/problem+json",
        text.as_bytes(),
    )
}

pub(crate) fn large_error(to: &mut TcpStream) -> std::io::Result<()> {
    let detail = "of no use ".repeat(100_000);
    let text =
        format!("{{\"type\": \"urn:publish-api:problem:not-found\", \"detail\": \"{detail}\"}}");
    document(
        to,
        "404 Not Found",
        "application/problem+json",
        text.as_bytes(),
    )
}

fn document(
    to: &mut TcpStream,
    status: &str,
    media_type: &str,
    body: &[u8],
) -> std::io::Result<()> {
    write!(
        to,
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )?;
    to.write_all(body)
}

fn octet_by_octet(to: &mut TcpStream, pause: Duration) -> std::io::Result<()> {
    for octet in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
        .iter()
        .cycle()
    {
        to.write_all(&[*octet])?;
        thread::sleep(pause);
    }
    Ok(())
}

fn forever(to: &mut TcpStream, octets: &[u8]) -> std::io::Result<()> {
    loop {
        to.write_all(octets)?;
    }
}
