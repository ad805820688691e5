use std::fmt;
use std::time::Duration;

use bytes::Bytes;

/// What a host serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The bytes.
    pub bytes: Bytes,
    /// The `Content-Type`.
    pub media_type: String,
}

/// What a host demands of a request.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// `Authorization: Basic` (RFC 7617).
    Basic {
        /// User name, without a colon.
        username: String,
        /// Password.
        password: String,
    },
    /// `Authorization: Bearer` (RFC 6750).
    Bearer {
        /// The token.
        token: String,
    },
}

/// A redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The `Location`, as it is.
    pub to: String,
    /// The status, 301, 302, 303, 307 or 308 (any is sent).
    pub status: u16,
}

/// What a host does with a request. `HEAD` gets the same head and no body wherever a body would follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// 200 with the body; `Range` is ignored.
    Serve(Body),
    /// This status with a small text body.
    Status(u16),
    /// A status with these headers and this body.
    Respond {
        /// The status.
        status: u16,
        /// Header fields.
        headers: Vec<(String, String)>,
        /// The body.
        body: Body,
    },
    /// A redirect elsewhere.
    Redirect(Redirect),
    /// Redirects to itself for ever, with a new query each time.
    RedirectLoop,
    /// `hops` redirects on this origin, every second one by a relative reference, then the behaviour.
    RedirectChain {
        /// How many redirects.
        hops: u32,
        /// What comes then.
        then: Box<Behaviour>,
    },
    /// 401 (with `WWW-Authenticate`) without credentials, 403 with wrong ones, else the behaviour.
    Demand {
        /// What is demanded.
        credentials: Credentials,
        /// What comes then.
        then: Box<Behaviour>,
    },
    /// 200 with a `Content-Encoding: gzip` that is true.
    Gzip(Body),
    /// 200 with a `Content-Encoding: gzip` that is a lie: the plain bytes.
    FalseGzip(Body),
    /// The connection is reset (RST) after the request was read.
    Reset,
    /// The head and this many bytes of the body are sent, then the connection is reset.
    ResetBody {
        /// What was to be served.
        body: Body,
        /// Bytes sent before.
        after: u64,
    },
    /// The connection is closed without any answer.
    Close,
    /// The whole length is declared, but only `after` bytes are sent before the end of the connection.
    Truncate {
        /// What was to be served.
        body: Body,
        /// Bytes sent.
        after: u64,
    },
    /// A chunked body that ends, after `after` bytes, without its last chunk.
    TruncateChunked {
        /// What was to be served.
        body: Body,
        /// Bytes sent.
        after: u64,
    },
    /// A chunked body, right and whole.
    Chunked(Body),
    /// No answer at all; the connection stays open.
    Stall,
    /// The head and `after` bytes of the body, then nothing; the connection stays open.
    StallBody {
        /// What was to be served.
        body: Body,
        /// Bytes sent.
        after: u64,
    },
    /// The right answer, slowly.
    Dribble {
        /// What is served.
        body: Body,
        /// Bytes at a time.
        bytes: u64,
        /// Pause between them.
        every: Duration,
    },
    /// A chunked body without end (until the other side closes, or 1 GiB), of zeros.
    Endless,
    /// Bytes that are not HTTP.
    Garbage,
    /// Nothing until [`Host::release`](super::Host::release), then the behaviour. Requests that wait are answered then.
    Hold(Box<Behaviour>),
    /// Each request gets the next behaviour; the last one repeats.
    Sequence(Vec<Behaviour>),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Basic { .. } => "Basic(hidden)",
            Self::Bearer { .. } => "Bearer(hidden)",
        })
    }
}
