//! A client that bears everything but silence.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Who is silent for so long is stuck: no fault of the load takes nearly as long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream })
    }

    /// Sends a request and reads the answer; an error also where that is no HTTP or breaks off.
    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request)?;
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let mut octets = Vec::new();
        let head = loop {
            if let Some(end) = octets.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.more(&mut octets)?;
        };
        let text = String::from_utf8(octets[..head].to_vec()).map_err(|_| broken())?;
        let status = text.get(9..12).and_then(|digits| digits.parse().ok());
        let text_in_lower_case = text.to_ascii_lowercase();
        let length = text_in_lower_case
            .split("content-length: ")
            .nth(1)
            .and_then(|rest| rest.lines().next()?.parse().ok())
            .unwrap_or(0);
        let body = if text_in_lower_case.contains("transfer-encoding: chunked\r\n") {
            self.chunks(octets.split_off(head))?
        } else {
            while octets.len() < head + length {
                self.more(&mut octets)?;
            }
            octets.split_off(head)
        };
        Ok(Answer {
            status: status.ok_or_else(broken)?,
            head: text_in_lower_case,
            body,
        })
    }

    /// The body of an answer of control that is made while it is sent, of which `octets` have come.
    fn chunks(&mut self, mut octets: Vec<u8>) -> io::Result<Vec<u8>> {
        let broken = || io::Error::from(io::ErrorKind::InvalidData);
        let mut body = Vec::new();
        let mut at = 0;
        loop {
            let line = loop {
                let rest = &octets[at..];
                if let Some(end) = rest.windows(2).position(|window| window == b"\r\n") {
                    break &rest[..end];
                }
                self.more(&mut octets)?;
            };
            let digits = std::str::from_utf8(line).map_err(|_| broken())?;
            let size = usize::from_str_radix(digits, 16).map_err(|_| broken())?;
            let start = at + line.len() + 2;
            let end = start + size;
            while octets.len() < end + 2 {
                self.more(&mut octets)?;
            }
            if &octets[end..end + 2] != b"\r\n" {
                return Err(broken());
            }
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&octets[start..end]);
            at = end + 2;
        }
    }

    fn more(&mut self, octets: &mut Vec<u8>) -> io::Result<()> {
        let mut buffer = [0; 16 << 10];
        match self.stream.read(&mut buffer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                octets.extend_from_slice(&buffer[..read]);
                Ok(())
            }
        }
    }
}

pub(crate) fn request(method: &str, path: &str, fields: &str, body: &[u8]) -> Vec<u8> {
    let mut octets = format!(
        "{method} {path} HTTP/1.1\r\nhost: registry.test\r\n{fields}content-length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    octets.extend_from_slice(body);
    octets
}
