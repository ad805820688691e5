//! The fetcher.

use std::{convert::Infallible, fmt, net::SocketAddr, sync::Arc};

use http::{
    HeaderValue, StatusCode,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, LOCATION},
};
use reqwest::{Client, Response};
use url::Url;

use super::{
    Credentials, FetchError, FetchFailure, FetchOptions, FetchSetupError, FetchTrouble,
    NameResolver, SystemResolver,
    apart::apart,
    clients::{Clients, check_literal},
    credentials::{authorization_of, authorization_of_userinfo, without_userinfo},
    diagnosis::{trouble_of_body, trouble_of_request},
};

/// One fetch. `Debug` shows no secret.
#[derive(Clone)]
pub struct FetchRequest {
    /// The source; its userinfo is credentials for its origin.
    pub url: Url,
    /// Credentials for the source's origin, which stand before userinfo.
    pub credentials: Option<Credentials>,
    /// Credentials of other sources that are sent along: what no registry may do (SRC-14).
    pub shared_credentials: Vec<Credentials>,
    /// In place of the options' limit.
    pub max_bytes: Option<u64>,
}

impl FetchRequest {
    /// A fetch without credentials but the URL's own.
    pub fn new(url: Url) -> Self {
        Self {
            url,
            credentials: None,
            shared_credentials: Vec::new(),
            max_bytes: None,
        }
    }
}

impl fmt::Debug for FetchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchRequest")
            .field("url", &without_userinfo(&self.url).as_str())
            .field("credentials", &self.credentials)
            .field("max_bytes", &self.max_bytes)
            .finish_non_exhaustive()
    }
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes of the body.
    pub length: u64,
    /// `Content-Type` of the answer, when it reads as text.
    pub content_type: Option<String>,
    /// Bytes of the body as the answer declared them.
    pub declared_length: Option<u64>,
    /// The URL that the bytes came from in the end.
    pub url: Url,
    /// The address that they came from.
    pub address: Option<SocketAddr>,
}

/// Fetches content of sources. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    options: Arc<FetchOptions>,
    resolver: Arc<dyn NameResolver>,
    clients: Arc<Clients>,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// A fetcher that resolves names as the system does.
    pub fn new(options: FetchOptions) -> Result<Self, FetchSetupError> {
        Self::with_resolver(options, Arc::new(SystemResolver))
    }

    /// A fetcher with a resolver of its own.
    pub fn with_resolver(
        options: FetchOptions,
        resolver: Arc<dyn NameResolver>,
    ) -> Result<Self, FetchSetupError> {
        let clients = Clients::new(&options, &resolver)?;
        Ok(Self {
            options: Arc::new(options),
            resolver,
            clients: Arc::new(clients),
        })
    }

    /// A fetcher with other options. Shares the HTTP clients where it can.
    pub fn with_options(&self, options: FetchOptions) -> Result<Self, FetchSetupError> {
        if options.extra_ca_pem != self.options.extra_ca_pem {
            return Self::with_resolver(options, Arc::clone(&self.resolver));
        }
        Ok(Self {
            options: Arc::new(options),
            ..self.clone()
        })
    }

    /// Whether the URL is refused by what is written in it: a literal address that is not public and not exempt, or `localhost`.
    /// Does no IO; for the time when a source is added (SRC-15).
    pub fn check_literal_address(&self, url: &Url) -> Result<(), FetchError> {
        check_literal(url, &self.options).map_err(|trouble| error_of(url, trouble))
    }

    /// Whether it looks at the status of an answer alone (SRC-7).
    pub(crate) fn ignores_body(&self) -> bool {
        self.options.policy.ignores_body
    }

    /// Whether a fetch ever ends (ASY-3).
    pub(crate) fn has_deadline(&self) -> bool {
        !self.options.policy.no_deadline
    }

    /// Fetches, and gives every chunk to `receive` as it arrives; the first error of `receive` ends the fetch.
    pub async fn fetch<E>(
        &self,
        request: &FetchRequest,
        receive: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Fetched, FetchFailure<E>> {
        // To make a client is none of the source's time.
        self.clients.prepare(&request.url, &self.options);
        let work = self.follow(request, receive);
        let outcome = if self.options.policy.no_deadline {
            work.await
        } else {
            let deadline = self.options.deadline;
            match tokio::time::timeout(deadline, work).await {
                Ok(outcome) => outcome,
                Err(_) => Err(Ended::Trouble(FetchTrouble::Deadline(deadline))),
            }
        };
        outcome.map_err(|ended| match ended {
            Ended::Trouble(trouble) => FetchFailure::Fetch(error_of(&request.url, trouble)),
            Ended::Receiver(error) => FetchFailure::Receiver(error),
        })
    }

    /// Fetches into memory.
    pub async fn fetch_bytes(
        &self,
        request: &FetchRequest,
    ) -> Result<(Fetched, Vec<u8>), FetchError> {
        let mut bytes = Vec::new();
        let outcome = self
            .fetch(request, |chunk| {
                bytes.extend_from_slice(chunk);
                Ok::<(), Infallible>(())
            })
            .await;
        match outcome {
            Ok(fetched) => Ok((fetched, bytes)),
            Err(FetchFailure::Fetch(error)) => Err(error),
            Err(FetchFailure::Receiver(never)) => match never {},
        }
    }

    /// Follows redirects by hand: every hop is checked anew, and credentials stay with the origin they were given for.
    async fn follow<E>(
        &self,
        request: &FetchRequest,
        receive: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Fetched, Ended<E>> {
        let policy = &self.options.policy;
        let mut authorization = self.authorization(request)?;
        let mut url = without_userinfo(&request.url);
        let mut hop = 0;
        loop {
            self.check_scheme(&url)?;
            let client = self.clients.for_hop(&url, hop, &self.options)?;
            let shared = request
                .shared_credentials
                .iter()
                .filter_map(authorization_of);
            let sent: Vec<HeaderValue> = authorization.iter().cloned().chain(shared).collect();
            let response = send(client, &url, &sent).await?;
            if !is_redirect(response.status()) || policy.follows_no_redirects {
                return self.receive(response, request, receive).await;
            }
            if hop >= self.options.max_redirects {
                return Err(FetchTrouble::TooManyRedirects(self.options.max_redirects).into());
            }
            let next = redirect_target(&url, &response)?;
            // Once gone, credentials do not come back: what follows was chosen by another origin.
            if next.origin() != url.origin() && !policy.forwards_credentials {
                authorization = None;
            }
            url = next;
            hop += 1;
        }
    }

    fn authorization(&self, request: &FetchRequest) -> Result<Option<HeaderValue>, FetchTrouble> {
        if self.options.policy.omits_credentials {
            return Ok(None);
        }
        match &request.credentials {
            Some(credentials) => authorization_of(credentials)
                .map(Some)
                .ok_or(FetchTrouble::UnusableCredentials),
            None => Ok(authorization_of_userinfo(&request.url)),
        }
    }

    fn check_scheme(&self, url: &Url) -> Result<(), FetchTrouble> {
        let scheme = url.scheme();
        if self.options.schemes.iter().any(|known| known == scheme) {
            return Ok(());
        }
        Err(FetchTrouble::UnsupportedScheme(scheme.to_owned()))
    }

    async fn receive<E>(
        &self,
        mut response: Response,
        request: &FetchRequest,
        mut receive: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Fetched, Ended<E>> {
        let policy = &self.options.policy;
        // Others of 2xx have no body, or a part of one that was not asked for.
        if response.status() != StatusCode::OK && !policy.ignores_status {
            return Err(FetchTrouble::Status(response.status().as_u16()).into());
        }
        let limit = if policy.no_size_limit {
            u64::MAX
        } else {
            request.max_bytes.unwrap_or(self.options.max_bytes)
        };
        let mut fetched = Fetched {
            length: 0,
            content_type: None,
            declared_length: response.content_length(),
            url: response.url().clone(),
            address: response.remote_addr(),
        };
        if policy.ignores_body {
            return Ok(fetched);
        }
        let too_large = || Ended::Trouble(FetchTrouble::TooLarge { limit });
        if response
            .content_length()
            .is_some_and(|length| length > limit)
        {
            return Err(too_large());
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        fetched.content_type = content_type
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let mut length = 0_u64;
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(_) if policy.ignores_truncation => break,
                Err(error) => return Err(trouble_of_body(&error, length).into()),
            };
            length = length.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if length > limit {
                return Err(too_large());
            }
            receive(&chunk).map_err(Ended::Receiver)?;
        }
        fetched.length = length;
        Ok(fetched)
    }
}

/// Why the work of a fetch ended before its end.
enum Ended<E> {
    Trouble(FetchTrouble),
    Receiver(E),
}

impl<E> From<FetchTrouble> for Ended<E> {
    fn from(trouble: FetchTrouble) -> Self {
        Self::Trouble(trouble)
    }
}

async fn send(
    client: &Client,
    url: &Url,
    authorization: &[HeaderValue],
) -> Result<Response, FetchTrouble> {
    // Content is hashed as it is stored, so it must not be encoded on its way.
    let mut request = client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
    for authorization in authorization {
        request = request.header(AUTHORIZATION, authorization);
    }
    // The connection that it opens is where it is sent from, too.
    apart(async move { request.send().await })
        .await
        .map_err(|error| trouble_of_request(&error, url))
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn redirect_target(from: &Url, response: &Response) -> Result<Url, FetchTrouble> {
    let bad = |reason: &str| FetchTrouble::BadRedirect(reason.to_owned());
    let location = response
        .headers()
        .get(LOCATION)
        .ok_or_else(|| bad("it has no Location"))?;
    let location = location
        .to_str()
        .map_err(|_| bad("its Location is not text"))?;
    let target = from
        .join(location)
        .map_err(|_| bad("its Location is not a URL"))?;
    if !target.has_host() {
        return Err(FetchTrouble::UnsupportedScheme(target.scheme().to_owned()));
    }
    // Userinfo there would be credentials that a stranger chose.
    Ok(without_userinfo(&target))
}

fn error_of(url: &Url, trouble: FetchTrouble) -> FetchError {
    FetchError {
        url: without_userinfo(url).into(),
        trouble,
    }
}
