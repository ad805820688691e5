use std::time::Duration;

use super::{Behaviour, Body};

/// Octets from which on a body goes over the raw socket.
const LARGE: usize = 1 << 20;

/// What is done with one request: a behaviour with every choice made.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// What HTTP can say.
    Http(Response),
    /// What it can not.
    Raw(Raw),
}

/// An answer of the server behind the gateways.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
}

impl Response {
    /// A status and a line of text.
    pub(super) fn text(status: u16, headers: &[(&str, &str)], text: &str) -> Self {
        let headers = headers
            .iter()
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let body = Body {
            bytes: format!("{text}\n").into(),
            media_type: "text/plain".to_owned(),
        };
        Self {
            status,
            headers,
            body,
        }
    }

    /// A redirect.
    pub(super) fn redirect(status: u16, to: &str) -> Self {
        Self::text(status, &[("Location", to)], "elsewhere")
    }
}

/// An answer of the raw socket.
#[derive(Debug, Clone)]
pub(super) enum Raw {
    /// The connection is reset.
    Reset,
    /// The connection is closed.
    Close,
    /// The connection stays open.
    Stall,
    /// Not HTTP.
    Garbage,
    /// A chunked body of zeros.
    Endless,
    /// A body of which not all need be sent, and what comes then.
    Body {
        body: Body,
        chunked: bool,
        /// Bytes that are sent.
        sent: u64,
        /// Bytes at a time, and the pause between them.
        pace: Option<(u64, Duration)>,
        end: End,
    },
}

/// What follows the bytes of a raw body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The end that the framing demands, then an orderly close.
    Whole,
    /// An orderly close at once.
    Close,
    /// A reset.
    Reset,
    /// Nothing.
    Stall,
}

impl Answer {
    /// A whole body.
    fn raw_body(body: Body, chunked: bool, pace: Option<(u64, Duration)>) -> Self {
        let sent = body.bytes.len() as u64;
        Self::Raw(Raw::Body {
            body,
            chunked,
            sent,
            pace,
            end: End::Whole,
        })
    }

    fn cut_body(body: Body, chunked: bool, sent: u64, end: End) -> Self {
        Self::Raw(Raw::Body {
            body,
            chunked,
            sent,
            pace: None,
            end,
        })
    }

    /// The answer of a behaviour that makes no choice; nothing for one that does.
    pub(super) fn of(behaviour: Behaviour) -> Option<Self> {
        let coded = |body: Body, bytes| {
            let headers = vec![("Content-Encoding".to_owned(), "gzip".to_owned())];
            Self::Http(Response {
                status: 200,
                headers,
                body: Body { bytes, ..body },
            })
        };
        Some(match behaviour {
            // The HTTP library would copy it, more than once.
            Behaviour::Serve(body) if body.bytes.len() > LARGE => Self::raw_body(body, false, None),
            Behaviour::Serve(body) => Self::Http(Response {
                status: 200,
                headers: Vec::new(),
                body,
            }),
            Behaviour::Status(status) => {
                Self::Http(Response::text(status, &[], &status.to_string()))
            }
            Behaviour::Respond {
                status,
                headers,
                body,
            } => Self::Http(Response {
                status,
                headers,
                body,
            }),
            Behaviour::Redirect(redirect) => {
                Self::Http(Response::redirect(redirect.status, &redirect.to))
            }
            Behaviour::Gzip(body) => {
                let bytes = gzip(&body.bytes).into();
                coded(body, bytes)
            }
            Behaviour::FalseGzip(body) => {
                let bytes = body.bytes.clone();
                coded(body, bytes)
            }
            Behaviour::Reset => Self::Raw(Raw::Reset),
            Behaviour::Close => Self::Raw(Raw::Close),
            Behaviour::Stall => Self::Raw(Raw::Stall),
            Behaviour::Garbage => Self::Raw(Raw::Garbage),
            Behaviour::Endless => Self::Raw(Raw::Endless),
            Behaviour::ResetBody { body, after } => Self::cut_body(body, false, after, End::Reset),
            Behaviour::Truncate { body, after } => Self::cut_body(body, false, after, End::Close),
            Behaviour::TruncateChunked { body, after } => {
                Self::cut_body(body, true, after, End::Close)
            }
            Behaviour::StallBody { body, after } => Self::cut_body(body, false, after, End::Stall),
            Behaviour::Chunked(body) => Self::raw_body(body, true, None),
            Behaviour::Dribble { body, bytes, every } => {
                Self::raw_body(body, false, Some((bytes.max(1), every)))
            }
            Behaviour::RedirectLoop
            | Behaviour::RedirectChain { .. }
            | Behaviour::Demand { .. }
            | Behaviour::Hold(_)
            | Behaviour::Sequence(_) => return None,
        })
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read as _;
    let mut coded = Vec::new();
    // Reading from memory into memory has no way to fail.
    _ = flate2::read::GzEncoder::new(bytes, flate2::Compression::default()).read_to_end(&mut coded);
    coded
}
