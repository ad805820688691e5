//! HTTP the way a client of the Publish API has to use it: who may see the token, what is tried again, and until when.

use std::time::{Duration, Instant, SystemTime};

use bytes::{Bytes, BytesMut};
use reqwest::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, Method, Url, redirect};
use serde_json::Value;

use crate::failure::Failure;

/// Of one request, the first included.
const TRIES: u32 = 6;
const REDIRECTS: u32 = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Octets; a stranger must not be able to fill the memory.
const LARGEST_DOCUMENT: usize = 16 << 20;

/// Whether trying again can help.
pub(crate) fn is_retried(status: u16) -> bool {
    [429, 502, 503, 504].contains(&status)
}

/// A registry, the token for it, and the time there is.
pub(crate) struct Session {
    client: Client,
    base: Url,
    token: String,
    ends: Instant,
}

impl Session {
    pub(crate) fn new(base: &str, token: &str, time: Duration) -> Result<Self, Failure> {
        let base = Url::parse(base)
            .ok()
            .filter(|url| !url.cannot_be_a_base())
            .ok_or_else(|| Failure::because("CONFORMANCE_URL is not a URL"))?;
        let client = Client::builder()
            // Followed below: who sees the token is decided there.
            .redirect(redirect::Policy::none())
            // A connection each, so that a broken one says something about its own request alone.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| Failure::because(format!("failed to set up HTTP: {error}")))?;
        Ok(Self {
            client,
            base,
            token: token.to_owned(),
            // A tenth is kept for starting, and for tidying up.
            ends: Instant::now() + time.mul_f64(0.9),
        })
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        extended(&self.base, segments)
    }

    /// The token is for the origin of the API: not for an upload host, a content source, or where a redirect leads.
    fn token_for(&self, url: &Url) -> Option<&str> {
        (url.origin() == self.base.origin() && !self.token.is_empty()).then_some(&self.token)
    }
}

/// A URL with more segments, each percent-encoded.
pub(crate) fn extended(url: &Url, segments: &[&str]) -> Url {
    let mut url = url.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// What is asked.
#[derive(Clone)]
pub(crate) struct Request {
    method: Method,
    url: Url,
    body: Option<(&'static str, Bytes)>,
}

impl Request {
    pub(crate) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
        }
    }

    pub(crate) fn post(url: Url, media_type: &'static str, body: Bytes) -> Self {
        Self {
            method: Method::POST,
            url,
            body: Some((media_type, body)),
        }
    }
}

/// What came back.
pub(crate) struct Answer {
    pub status: u16,
    pub body: Bytes,
    /// An earlier try of the same request may have been carried out.
    pub after_loss: bool,
    headers: HeaderMap,
    /// Of the request: references in the answer resolve against it.
    url: Url,
}

impl Answer {
    pub(crate) fn document(&self) -> Result<Value, Failure> {
        let document = serde_json::from_slice(&self.body).unwrap_or_default();
        if !matches!(document, Value::Object(_)) {
            return Err(Failure::because(format!(
                "{} answered {} with something else than a JSON object",
                short(&self.url),
                self.status
            )));
        }
        Ok(document)
    }

    /// An absolute URL from the absolute or relative one that this answer gave.
    pub(crate) fn reference(&self, value: &str) -> Result<Url, Failure> {
        let url = self.url.join(value).ok();
        url.filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| Failure::because("the registry gave what is no URL that can be fetched"))
    }

    pub(crate) fn location(&self) -> Result<Option<Url>, Failure> {
        let value = self.header(&LOCATION);
        value.map(|value| self.reference(value)).transpose()
    }

    /// How long to wait, from either form of Retry-After (RFC 9110, section 10.2.3), if there is one.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let value = self.header(&RETRY_AFTER)?.trim();
        if !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit()) {
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(SystemTime::now()).unwrap_or_default())
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn expect(&self, statuses: &[u16]) -> Result<&Self, Failure> {
        if statuses.contains(&self.status) {
            return Ok(self);
        }
        Err(Failure::because(self.refusal()))
    }

    /// Status and problem of an answer that is not a success.
    pub(crate) fn refusal(&self) -> String {
        let problem = serde_json::from_slice(&self.body).unwrap_or_default();
        let (url, problem) = (short(&self.url), problem_text(&problem));
        format!("{url} answered {}: {problem}", self.status)
    }
}

/// The answer, after trying again where that can help.
pub(crate) async fn request(session: &Session, request: Request) -> Result<Answer, Failure> {
    let (mut lost, mut asked, mut reason) = (false, None, String::new());
    for attempt in 0..TRIES {
        if attempt > 0 {
            pause(session, asked, attempt - 1, &reason).await?;
        }
        // Half of what is left, so that one silent connection does not use up the time of all tries.
        match follow(session, &request, session.remaining() / 2, LARGEST_DOCUMENT).await {
            Ok(answer) if is_retried(answer.status) => {
                // A gateway answers 502, 503 or 504 also when it has passed the request on. 429 is the registry's own word.
                lost |= answer.status != 429;
                asked = answer.retry_after();
                reason = answer.refusal();
            }
            Ok(answer) => {
                return Ok(Answer {
                    after_loss: lost,
                    ..answer
                });
            }
            Err(Failure::LostAnswer { reason: why, sent }) => {
                lost |= sent;
                asked = None;
                reason = why;
            }
            Err(failure) => return Err(failure),
        }
    }
    Err(Failure::because(format!(
        "{} {}: gave up after {TRIES} tries; the last: {reason}",
        request.method,
        short(&request.url)
    )))
}

/// Waits as long as was asked for, or else twice as long as the time before.
pub(crate) async fn pause(
    session: &Session,
    asked: Option<Duration>,
    attempt: u32,
    reason: &str,
) -> Result<(), Failure> {
    let own = (FIRST_PAUSE * 2_u32.pow(attempt.min(10))).min(LONGEST_PAUSE);
    // The jitter keeps clients that failed together from coming back together.
    let own = own.mul_f64(rand::random_range(0.8..1.2));
    let time = asked.map_or(own, |asked| asked.max(SHORTEST_PAUSE));
    if time >= session.remaining() {
        return Err(Failure::because(format!(
            "gave up, as the next try would come after the deadline: {reason}"
        )));
    }
    tokio::time::sleep(time).await;
    Ok(())
}

/// One try, redirects included.
pub(crate) async fn follow(
    session: &Session,
    request: &Request,
    time: Duration,
    largest: usize,
) -> Result<Answer, Failure> {
    tokio::time::timeout(time, follow_redirects(session, request, largest))
        .await
        .unwrap_or_else(|_| Err(lost(&request.url, "took too long", true)))
}

async fn follow_redirects(
    session: &Session,
    request: &Request,
    largest: usize,
) -> Result<Answer, Failure> {
    let mut step = request.clone();
    let mut token = session.token_for(&step.url);
    for _ in 0..=REDIRECTS {
        let answer = exchange(session, &step, token, largest).await?;
        let redirects = match step.method {
            // After a POST, 301 to 303 would mean a GET, which is not what was asked for.
            Method::GET => &[301, 302, 303, 307, 308][..],
            _ => &[307, 308],
        };
        let location = redirects
            .contains(&answer.status)
            .then(|| answer.location());
        let Some(url) = location.transpose()?.flatten() else {
            return Ok(answer);
        };
        // A redirect away loses the token for good: whoever it leads to could send us back to where they please.
        token = token.and_then(|_| session.token_for(&url));
        step.url = url;
    }
    Err(Failure::because(format!(
        "{} {}: more than {REDIRECTS} redirects",
        request.method,
        short(&request.url)
    )))
}

/// One request and its answer.
async fn exchange(
    session: &Session,
    request: &Request,
    token: Option<&str>,
    largest: usize,
) -> Result<Answer, Failure> {
    let broke = |error: reqwest::Error| {
        let sent = !error.is_connect() && !error.is_builder();
        lost(&request.url, &format!("broke off: {}", cause(&error)), sent)
    };
    let mut sending = session
        .client
        .request(request.method.clone(), request.url.clone())
        .header(ACCEPT_ENCODING, "identity");
    if let Some(token) = token {
        sending = sending.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    if let Some((media_type, body)) = &request.body {
        sending = sending.header(CONTENT_TYPE, *media_type).body(body.clone());
    }
    let mut response = sending.send().await.map_err(broke)?;
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(broke)? {
        if body.len() + chunk.len() > largest {
            return Err(Failure::because(format!("more than {largest} octets")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status().as_u16(),
        body: body.freeze(),
        after_loss: false,
        headers: std::mem::take(response.headers_mut()),
        url: request.url.clone(),
    })
}

fn lost(url: &Url, what: &str, sent: bool) -> Failure {
    Failure::LostAnswer {
        reason: format!("{} {what}", short(url)),
        sent,
    }
}

/// The innermost reason; those around it repeat the URL, query included.
fn cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}

/// A problem document (RFC 9457) on one line.
pub(crate) fn problem_text(problem: &Value) -> String {
    let texts = ["title", "type", "detail"].map(|name| problem[name].as_str());
    let texts: Vec<_> = texts.into_iter().flatten().collect();
    if texts.is_empty() {
        return "no reason given".to_owned();
    }
    texts.join(" - ")
}

/// A URL for messages: without its query and userinfo, which may be what gives access.
fn short(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
