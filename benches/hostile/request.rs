//! The requests of the harness, as a server sees them.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;

/// More of a request than this is neither kept nor read.
const HEAD: u64 = 256 << 10;
const BODY: usize = 1 << 20;

/// The first request of a connection.
pub(crate) struct Request {
    /// With the empty line that ends it, unless it is broken.
    pub(crate) head: Vec<u8>,
    /// What came of the body so far, by its declared length.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Head and body; none where a connection says nothing.
    pub(crate) fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let head = read_head(&mut reader)?;
        let mut body = vec![0; usize::min(declared(&head), BODY)];
        reader.read_exact(&mut body).ok()?;
        Some(Self { head, body })
    }

    /// The head, and of the body no more than came along with it.
    pub(crate) fn begin(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let head = read_head(&mut reader)?;
        let body = reader.buffer().to_vec();
        Some(Self { head, body })
    }

    /// Method and path, where the first line is one of HTTP.
    pub(crate) fn line(&self) -> Option<(&str, &str)> {
        let line = self.head.split(|octet| *octet == b'\r').next()?;
        let (method, rest) = std::str::from_utf8(line).ok()?.split_once(' ')?;
        let (path, version) = rest.split_once(' ')?;
        (version == "HTTP/1.1").then_some((method, path))
    }

    /// Octets of the body that its head declares and that have not come yet.
    pub(crate) fn missing(&self) -> usize {
        declared(&self.head).saturating_sub(self.body.len())
    }
}

fn read_head(reader: &mut BufReader<&TcpStream>) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    let mut limited = reader.take(HEAD);
    loop {
        let before = head.len();
        if limited.read_until(b'\n', &mut head).ok()? == 0 {
            return (!head.is_empty()).then_some(head);
        }
        if head[before..].trim_ascii().is_empty() {
            return Some(head);
        }
    }
}

fn declared(head: &[u8]) -> usize {
    String::from_utf8_lossy(head)
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0)
}
