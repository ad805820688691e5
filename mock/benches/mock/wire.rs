//! A client that costs next to nothing: requests are octets that were made before, answers are read and not looked at.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A connection is given up when it is silent for so long.
const PATIENCE: Duration = Duration::from_mins(1);

/// One connection that stays open.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer<'c> {
    pub(crate) status: u16,
    /// Head and body.
    pub(crate) octets: &'c [u8],
    head: usize,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        Self {
            stream,
            buffer: vec![0; 64 << 10],
        }
    }

    pub(crate) fn send(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).expect("a server");
    }

    /// Reads an answer of a known length.
    pub(crate) fn receive_exactly(&mut self, length: usize) {
        self.buffer.resize(self.buffer.len().max(length), 0);
        let answer = self.buffer.get_mut(..length).expect("a buffer");
        self.stream.read_exact(answer).expect("an answer");
    }

    /// Reads an answer, whose head says how long it is.
    pub(crate) fn receive(&mut self) -> Answer<'_> {
        let mut filled = 0;
        let (head, length) = loop {
            self.fill(&mut filled);
            if let Some(lengths) = lengths(&self.buffer[..filled]) {
                break lengths;
            }
        };
        while filled < head + length {
            self.fill(&mut filled);
        }
        let octets = &self.buffer[..head + length];
        let status = std::str::from_utf8(&octets[9..12])
            .ok()
            .and_then(|digits| digits.parse().ok())
            .expect("a status");
        Answer {
            status,
            octets,
            head,
        }
    }

    pub(crate) fn ask(&mut self, octets: &[u8]) -> Answer<'_> {
        self.send(octets);
        self.receive()
    }

    fn fill(&mut self, filled: &mut usize) {
        if *filled == self.buffer.len() {
            self.buffer.resize(*filled * 2, 0);
        }
        let read = self
            .stream
            .read(&mut self.buffer[*filled..])
            .expect("an answer");
        assert!(read > 0, "the connection ended within an answer");
        *filled += read;
    }
}

impl Answer<'_> {
    pub(crate) fn body(&self) -> &[u8] {
        &self.octets[self.head..]
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        let text = String::from_utf8_lossy(self.octets);
        assert_eq!(self.status, status, "{text}");
        self
    }

    /// The value of a member that is a text without escapes, wherever it stands.
    pub(crate) fn text_of(&self, member: &str) -> Option<&str> {
        let body = std::str::from_utf8(self.body()).ok()?;
        let (_, rest) = body.split_once(&format!("\"{member}\":\""))?;
        rest.split('"').next()
    }
}

/// Octets of the head, and of the body that it declares.
fn lengths(octets: &[u8]) -> Option<(usize, usize)> {
    let head = octets.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&octets[..head]).ok()?;
    let length = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .unwrap_or(0);
    Some((head, length))
}

/// A request as it goes over the wire.
pub(crate) fn request(method: &str, path: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let mut octets = format!(
        "{method} {path} HTTP/1.1\r\nhost: registry.test\r\n{fields}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    octets.extend_from_slice(body);
    octets
}

pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: registry.test\r\n\r\n").into_bytes()
}
