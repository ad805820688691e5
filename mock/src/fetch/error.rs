//! Why a fetch failed.

/// A failed fetch. Displays the source's URL without userinfo, and never a credential.
#[derive(Debug, thiserror::Error)]
#[error("failed to fetch {url}: {trouble}")]
pub struct FetchError {
    /// The source's URL without userinfo.
    pub url: String,
    /// What went wrong.
    pub trouble: FetchTrouble,
}

impl FetchError {
    /// The problem name: `source-unreachable`, `source-forbidden`, or `content-too-large`.
    pub fn problem(&self) -> &'static str {
        match self.trouble {
            FetchTrouble::Forbidden(_) => "source-forbidden",
            FetchTrouble::TooLarge { .. } => "content-too-large",
            _ => "source-unreachable",
        }
    }
}

/// What went wrong with a fetch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchTrouble {
    /// The URL's scheme is not fetched.
    #[error("the scheme {0:?} is not fetched")]
    UnsupportedScheme(String),
    /// The credentials have characters that no header can carry.
    #[error("the credentials do not fit into a header")]
    UnusableCredentials,
    /// The name was not resolved.
    #[error("the name was not resolved")]
    NotResolved,
    /// No connection: refused, unreachable, TLS.
    #[error("no connection: {0}")]
    NotConnected(String),
    /// The connection broke, or what came was not HTTP.
    #[error("the exchange failed: {0}")]
    Broken(String),
    /// The body ended before its declared length or its last chunk.
    #[error("the body ended early, after {received} bytes")]
    Truncated {
        /// Bytes that arrived.
        received: u64,
    },
    /// A status other than 200.
    #[error("the answer was {0}")]
    Status(u16),
    /// More redirects than are followed.
    #[error("more than {0} redirects")]
    TooManyRedirects(u32),
    /// A redirect without a usable `Location`.
    #[error("a redirect led nowhere: {0}")]
    BadRedirect(String),
    /// Not over within the deadline.
    #[error("no complete answer within {0:?}")]
    Deadline(std::time::Duration),
    /// An address that is not public: `source-forbidden`.
    #[error("the address of {0} is not public")]
    Forbidden(String),
    /// More bytes than the limit: `content-too-large`.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
}

/// Why a fetch with a receiver of its bytes ended.
#[derive(Debug)]
pub enum FetchFailure<E> {
    /// The fetch failed.
    Fetch(FetchError),
    /// The receiver refused the bytes.
    Receiver(E),
}

/// Why a fetcher can not be built.
#[derive(Debug, thiserror::Error)]
pub enum FetchSetupError {
    /// The certificates of `extra_ca_pem` are unreadable.
    #[error("failed to read the extra certificate authorities")]
    Certificates(#[source] reqwest::Error),
}
