//! The fetcher.

use std::sync::Arc;

use url::Url;

use super::{Credentials, FetchError, FetchFailure, FetchOptions, FetchSetupError, NameResolver};

/// One fetch.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// The source; its userinfo is credentials for its origin.
    pub url: Url,
    /// Stand before userinfo.
    pub credentials: Option<Credentials>,
    /// In place of the options' limit.
    pub max_bytes: Option<u64>,
}

impl FetchRequest {
    /// A fetch without credentials.
    pub fn new(url: Url) -> Self { todo!() }
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes of the body.
    pub length: u64,
    /// `Content-Type` of the answer, when it reads as text.
    pub content_type: Option<String>,
}

/// Fetches content of sources. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher(());

impl Fetcher {
    /// A fetcher that resolves names as the system does.
    pub fn new(options: FetchOptions) -> Result<Self, FetchSetupError> { todo!() }
    /// A fetcher with a resolver of its own.
    pub fn with_resolver(options: FetchOptions, resolver: Arc<dyn NameResolver>) -> Result<Self, FetchSetupError> { todo!() }
    /// Whether the URL is refused by what is written in it: a literal address that is not public and not exempt. Does no IO; for the time when a source is added.
    pub fn check_literal_address(&self, url: &Url) -> Result<(), FetchError> { todo!() }
    /// Fetches, and gives every chunk to `receive` as it arrives; the first error of `receive` ends the fetch.
    pub async fn fetch<E>(&self, request: &FetchRequest, receive: impl FnMut(&[u8]) -> Result<(), E>) -> Result<Fetched, FetchFailure<E>> { todo!() }
    /// Fetches into memory.
    pub async fn fetch_bytes(&self, request: &FetchRequest) -> Result<(Fetched, Vec<u8>), FetchError> { todo!() }
}
