use std::{fmt, time::Duration};

/// How a [`Client`](super::Client) connects and what it bears.
#[derive(Clone, Debug)]
pub struct WireOptions {
    /// PEM certificates that are trusted beside those of the system.
    pub ca: Option<Vec<u8>>,
    /// What the client shows of itself in TLS.
    pub client_identity: Option<ClientIdentity>,
    /// The time that one exchange has, from connecting to the last octet.
    pub exchange_deadline: Duration,
    /// The most octets that are read of an answer's body; the rest is cut off and the answer says so.
    pub max_body: usize,
    /// The most octets that are kept of an answer's body; a longer one is known by its beginning, length and digest.
    pub kept_body: usize,
    /// The time that may be spent waiting on 429 answers for one request.
    pub retry_budget: Duration,
}

impl Default for WireOptions {
    fn default() -> Self {
        Self {
            ca: None,
            client_identity: None,
            exchange_deadline: Duration::from_secs(10),
            max_body: 128 * 1024 * 1024,
            kept_body: usize::MAX,
            retry_budget: Duration::from_secs(30),
        }
    }
}

/// A client certificate and its key.
#[derive(Clone)]
pub struct ClientIdentity {
    /// The certificate chain, PEM, the client's own first.
    pub certificate: Vec<u8>,
    /// The private key, PKCS#8 in PEM.
    pub key: Vec<u8>,
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity").finish_non_exhaustive()
    }
}
