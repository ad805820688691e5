use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// No honest request head is longer, in bytes.
const LONGEST: usize = 32 * 1024;
const MOST_HEADERS: usize = 128;
/// How long a client may take to send its head.
const TIME: Duration = Duration::from_secs(10);

/// The head of a request.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) method: String,
    pub(super) target: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
}

impl Head {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The target's path, without query and without the origin of an absolute form.
    pub(super) fn path(&self) -> &str {
        self.target.split(['?', '#']).next().unwrap_or_default()
    }

    /// The number that our own redirects carry in the query.
    pub(super) fn hop(&self) -> u32 {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let hop = query.split('&').find_map(|pair| pair.strip_prefix("hop="));
        hop.and_then(|hop| hop.parse().ok()).unwrap_or(0)
    }

    pub(super) fn content_length(&self) -> u64 {
        self.header("content-length")
            .and_then(|value| value.parse().ok())
            .unwrap_or(0)
    }
}

/// Reads a head; nothing when the client sends none in time, or none that is HTTP/1.
pub(super) async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Head> {
    tokio::time::timeout(TIME, read_until_parsed(stream))
        .await
        .ok()
        .flatten()
}

async fn read_until_parsed<S: AsyncRead + Unpin>(stream: &mut S) -> Option<Head> {
    let mut buffer = Vec::with_capacity(1024);
    loop {
        if buffer.len() >= LONGEST || stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
        match parse(&buffer) {
            Parsed::Partial => {}
            Parsed::Invalid => return None,
            Parsed::Complete(head) => return Some(head),
        }
    }
}

enum Parsed {
    Partial,
    Invalid,
    Complete(Head),
}

fn parse(buffer: &[u8]) -> Parsed {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(buffer) {
        Ok(httparse::Status::Partial) => Parsed::Partial,
        Err(_) => Parsed::Invalid,
        Ok(httparse::Status::Complete(_)) => Parsed::Complete(Head {
            method: request.method.unwrap_or_default().to_owned(),
            target: request.path.unwrap_or_default().to_owned(),
            headers: request
                .headers
                .iter()
                .map(|header| {
                    (
                        header.name.to_ascii_lowercase(),
                        String::from_utf8_lossy(header.value).into_owned(),
                    )
                })
                .collect(),
        }),
    }
}
