//! Ordinary requests, by reqwest over connections that are kept.

use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use reqwest::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_native_tls::native_tls::TlsConnector;

use super::{
    Answer, Body, ClientError, Phase, RequestRecord, WireError,
    collected::{BodyBounds, Collected},
    connection::Authority,
    failure,
    resolver::SystemResolver,
    response::{MAX_FIELDS, MAX_HEAD},
};

/// A server may close an idle connection just as a request is sent on it; the shorter it is kept, the rarer.
const KEPT_IDLE: Duration = Duration::from_secs(1);
/// A larger body goes by the raw sender. The library gives up an exchange as soon as writing fails, and with it the
/// refusal that a server sent before it closed under the body. What the socket takes in at once can not fail so.
const LARGEST_BODY: usize = 64 * 1024;
/// What the connector gets, beyond the deadline, to say that it is what did not come to an end.
const GRACE: Duration = Duration::from_millis(5);

/// Sends what reqwest can send as it was made.
pub(super) struct PooledSender {
    client: reqwest::Client,
    deadline: Duration,
}

/// Why a request is not sent by reqwest.
pub(super) struct Unsuitable;

impl PooledSender {
    pub(super) fn new(tls: TlsConnector, deadline: Duration) -> Result<Self, ClientError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(SystemResolver)
            .http1_only()
            .http1_title_case_headers()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .tcp_nodelay(true)
            .connect_timeout(deadline)
            .pool_idle_timeout(KEPT_IDLE)
            .build()
            .map_err(|error| ClientError::Http(error.to_string()))?;
        Ok(Self { client, deadline })
    }

    /// One exchange, or two when a repeatable request met a connection that was closed: the server may have ended an
    /// idle connection just then, which must not look like a dropped request. What may have an effect goes out once.
    pub(super) async fn send(
        &self,
        record: &RequestRecord,
        authority: &Authority,
        bounds: BodyBounds,
        until: Instant,
    ) -> Result<Result<Answer, WireError>, Unsuitable> {
        let first = self.exchange(record, authority, bounds, until).await?;
        let is_repeatable = record.method == "GET";
        if is_repeatable && first.as_ref().is_err_and(WireError::lost_connection) {
            return self.exchange(record, authority, bounds, until).await;
        }
        Ok(first)
    }

    async fn exchange(
        &self,
        record: &RequestRecord,
        authority: &Authority,
        bounds: BodyBounds,
        until: Instant,
    ) -> Result<Result<Answer, WireError>, Unsuitable> {
        let sending = self.client.execute(prepare(record)?);
        tokio::pin!(sending);
        let sent = match timeout_at(until, &mut sending).await {
            Ok(sent) => Some(sent),
            Err(_) => timeout(GRACE, &mut sending).await.ok(),
        };
        match sent {
            Some(Ok(response)) if has_long_head(&response) => Ok(Err(super::response::long_head())),
            Some(Ok(response)) => Ok(Ok(read(response, bounds, until).await)),
            // It was refused before anything was sent.
            Some(Err(error)) if error.is_builder() => Err(Unsuitable),
            Some(Err(error)) => Ok(Err(failure::without_answer(
                &error,
                authority,
                self.deadline,
            ))),
            None => Ok(Err(WireError::Timeout {
                phase: Phase::Waiting,
                deadline: self.deadline,
            })),
        }
    }
}

/// Whether the head is longer than the suite's own reader takes one: the library would take, and the suite keep, many times that.
fn has_long_head(response: &reqwest::Response) -> bool {
    let fields = response.headers();
    let octets: usize = fields
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    octets > MAX_HEAD || fields.len() > MAX_FIELDS
}

async fn read(mut response: reqwest::Response, bounds: BodyBounds, until: Instant) -> Answer {
    let mut answer = head(&mut response);
    let mut body = Collected::new(bounds);
    loop {
        match timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(octets))) => {
                if !body.push(&octets) {
                    body.overflows(&mut answer);
                    break;
                }
            }
            Ok(Ok(None)) => {
                answer.complete = true;
                break;
            }
            Ok(Err(error)) => {
                answer.trouble = Some(failure::within_body(&error));
                break;
            }
            Err(_) => {
                answer.trouble = Some("the deadline passed before the end of the body".to_owned());
                break;
            }
        }
    }
    body.finish(&mut answer);
    answer
}

/// The request for the library, unless the library could not send it as it is recorded.
fn prepare(record: &RequestRecord) -> Result<reqwest::Request, Unsuitable> {
    // Only the raw sender looks for a body after the answer to HEAD.
    if record.target.is_some() || record.method == "HEAD" || has_userinfo(&record.url) {
        return Err(Unsuitable);
    }
    let body = body(&record.body)?;
    let method = Method::from_bytes(record.method.as_bytes()).map_err(|_| Unsuitable)?;
    if method == Method::CONNECT {
        return Err(Unsuitable);
    }
    let mut request = reqwest::Request::new(method, record.url.clone());
    *request.headers_mut() = fields(record)?;
    *request.body_mut() = body;
    Ok(request)
}

/// The library would make an `Authorization` of it.
fn has_userinfo(url: &url::Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn body(body: &Body) -> Result<Option<reqwest::Body>, Unsuitable> {
    match body {
        Body::Empty => Ok(None),
        Body::Bytes(bytes) if bytes.len() <= LARGEST_BODY => Ok(Some(bytes.clone().into())),
        Body::Chunked(pieces) if pieces.iter().map(Bytes::len).sum::<usize>() <= LARGEST_BODY => {
            let pieces: Vec<_> = pieces
                .iter()
                .filter(|piece| !piece.is_empty())
                .cloned()
                .map(Ok::<_, std::convert::Infallible>)
                .collect();
            Ok(Some(reqwest::Body::wrap_stream(stream::iter(pieces))))
        }
        Body::Bytes(_) | Body::Chunked(_) | Body::Cut { .. } | Body::Declared { .. } => {
            Err(Unsuitable)
        }
    }
}

fn fields(record: &RequestRecord) -> Result<HeaderMap, Unsuitable> {
    let of_credentials = record.credentials.iter().map(|known| known.fields.len());
    let mut fields = HeaderMap::with_capacity(record.headers.len() + of_credentials.sum::<usize>());
    for (name, value) in &record.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Unsuitable)?;
        let value = HeaderValue::from_bytes(value).map_err(|_| Unsuitable)?;
        let is_the_library_s = is_framing(&name) && !is_plain_framing(&name, &value, &record.body);
        if is_the_library_s {
            return Err(Unsuitable);
        }
        fields.append(name, value);
    }
    for (name, value) in record.secret_fields() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Unsuitable)?;
        let mut value = HeaderValue::from_bytes(&value).map_err(|_| Unsuitable)?;
        value.set_sensitive(true);
        fields.append(name, value);
    }
    Ok(fields)
}

/// Fields that the library reads, changes or writes itself.
fn is_framing(name: &HeaderName) -> bool {
    use reqwest::header::{CONNECTION, CONTENT_LENGTH, EXPECT, TE, TRANSFER_ENCODING, UPGRADE};
    [
        CONNECTION,
        CONTENT_LENGTH,
        EXPECT,
        TE,
        TRANSFER_ENCODING,
        UPGRADE,
    ]
    .contains(name)
}

/// Whether it says what the library would say of this body.
fn is_plain_framing(name: &HeaderName, value: &HeaderValue, body: &Body) -> bool {
    use reqwest::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
    match body {
        Body::Empty => name == CONTENT_LENGTH && value == "0",
        Body::Bytes(bytes) => {
            name == CONTENT_LENGTH && value.as_bytes() == bytes.len().to_string().as_bytes()
        }
        Body::Chunked(_) => name == TRANSFER_ENCODING && value == "chunked",
        Body::Cut { .. } | Body::Declared { .. } => false,
    }
}

fn head(response: &mut reqwest::Response) -> Answer {
    let status = response.status();
    let reason = response
        .extensions()
        .get::<hyper::ext::ReasonPhrase>()
        .map_or_else(
            || status.canonical_reason().unwrap_or_default().to_owned(),
            |reason| String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        );
    Answer {
        status: status.as_u16(),
        reason,
        headers: response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect(),
        ..Answer::default()
    }
}
