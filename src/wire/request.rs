use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

use crate::credentials::Credentials;

/// One HTTP request.
///
/// `Host`, `User-Agent`, `Accept` and the framing of the body are added, unless `headers` names the field itself.
#[derive(Clone, Debug)]
pub struct Request {
    /// What the request is called in reports: `create`, `publish as other`.
    pub name: String,
    /// The method, sent as it is.
    pub method: String,
    /// Where to connect, and the request target unless that is overridden.
    pub url: Url,
    /// A request target that is sent exactly so, such as `/a/../b%00`.
    pub target_override: Option<String>,
    /// Header fields, sent with exactly these values; several of one name in their order. The case of a name and the
    /// order of different ones are the HTTP library's where it sends the request.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Body,
    /// Who sends it. A field that `headers` names too is left to `headers`.
    pub credentials: Option<Arc<Credentials>>,
    /// Time beyond the deadline of an exchange, for operations that may do long work before they answer.
    pub patience: Duration,
}

impl Request {
    /// A request without header fields, body and credentials.
    pub fn new(name: impl Into<String>, method: impl Into<String>, url: Url) -> Self {
        Self {
            name: name.into(),
            method: method.into(),
            url,
            target_override: None,
            headers: Vec::new(),
            body: Body::Empty,
            credentials: None,
            patience: Duration::ZERO,
        }
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sets who sends it.
    #[must_use]
    pub fn credentials(mut self, credentials: Option<Arc<Credentials>>) -> Self {
        self.credentials = credentials;
        self
    }
}

/// A request body and how it is framed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// None; `Content-Length: 0` with methods that usually have a body.
    #[default]
    Empty,
    /// With `Content-Length`.
    Bytes(Bytes),
    /// With `Transfer-Encoding: chunked`, one chunk for each that is not empty.
    Chunked(Vec<Bytes>),
    /// Fewer octets than `Content-Length` declares, then the end of the sending side.
    Cut {
        /// What `Content-Length` says.
        declared: u64,
        /// What is sent.
        sent: Bytes,
    },
    /// A `Content-Length` that is any text.
    Declared {
        /// What `Content-Length` says.
        length: String,
        /// What is sent.
        bytes: Bytes,
    },
}

impl Body {
    /// How many octets are sent, framing aside.
    pub fn len(&self) -> usize {
        match self {
            Self::Empty => 0,
            Self::Bytes(bytes) | Self::Cut { sent: bytes, .. } | Self::Declared { bytes, .. } => {
                bytes.len()
            }
            Self::Chunked(pieces) => pieces.iter().map(Bytes::len).sum(),
        }
    }

    /// Whether nothing is sent.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The pieces that are sent, in their order and framing aside.
    pub fn pieces(&self) -> &[Bytes] {
        match self {
            Self::Empty => &[],
            Self::Bytes(bytes) | Self::Cut { sent: bytes, .. } | Self::Declared { bytes, .. } => {
                std::slice::from_ref(bytes)
            }
            Self::Chunked(pieces) => pieces,
        }
    }
}

/// Octets that are sent as they are, whatever they mean.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// What the request is called in reports.
    pub name: String,
    /// Where to connect: only scheme, host and port are used.
    pub origin: Url,
    /// What is sent, each piece in a write of its own.
    pub pieces: Vec<Bytes>,
    /// What happens after the last piece.
    pub ending: Ending,
}

/// What follows the last octet of a raw request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// Nothing: the answer is awaited.
    #[default]
    KeepOpen,
    /// The sending side ends, and the answer is awaited.
    HalfClose,
    /// The connection is reset, and no answer is awaited.
    Reset,
}
