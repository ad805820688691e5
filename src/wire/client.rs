use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use tokio::time::{Instant, sleep};
use url::Url;

use super::{
    Answer, Body, ClientError, Exchange, RawRequest, Request, RequestRecord, WireError,
    WireOptions,
    answer::Document,
    collected::BodyBounds,
    connection::Authority,
    direct::DirectSender,
    encode::{Encoded, encode, record},
    pooled::PooledSender,
    retry_after, tls,
};

/// The first wait after a 429 without `Retry-After`; it doubles each time.
const BACKOFF: Duration = Duration::from_millis(100);
/// What is read of an answer to a case that has sent nothing yet, in octets.
const DOCUMENT: usize = 256 * 1024;
/// How much more is read for each octet that a case has sent.
const GROWTH: usize = 6;
/// However short the waits, a request is not sent again more often.
const MAX_RETRIES: u32 = 100;

/// Sends requests: ordinary ones by reqwest, which keeps connections, and what no library sends octet by octet.
/// Clones share their idle connections; all of them belong to one tokio runtime.
///
/// No redirect is followed, no proxy used, no content decoded, no cookie kept; HTTP/1.1 only.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    /// Of a client for one case: what was sent and answered so far.
    memory: Option<Arc<Memory>>,
}

/// What the client of one case remembers.
#[derive(Default)]
struct Memory {
    /// Octets of bodies. What a registry has to answer grows with them: a manifest comes back as it is, and signed in base64.
    sent: AtomicUsize,
    /// Bodies that came last, with what was read of them: a release that is read again is the same, and is not read as JSON again.
    answers: Mutex<VecDeque<(Bytes, Document)>>,
}

/// Bodies that are remembered, and octets of the longest.
const REMEMBERED: usize = 2;
const LONGEST_REMEMBERED: usize = 64 * 1024;

impl Memory {
    /// Lets an answer know what is known of its body.
    fn recall(&self, answer: &mut Answer) {
        if answer.whole.is_some()
            || answer.body.is_empty()
            || answer.body.len() > LONGEST_REMEMBERED
        {
            return;
        }
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = answers.iter().find(|(body, _)| *body == answer.body) {
            answer.document = known.clone();
            return;
        }
        answers.truncate(REMEMBERED - 1);
        answers.push_front((answer.body.clone(), answer.document.clone()));
    }
}

struct Shared {
    pooled: PooledSender,
    direct: DirectSender,
    bounds: BodyBounds,
    exchange_deadline: Duration,
    retry_budget: Duration,
    made: Instant,
}

/// Whether a server is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alive {
    /// It gives some answer to a plain request.
    Answers,
    /// It can not be reached, or says nothing within the deadline.
    Gone,
}

impl Client {
    /// A client with the certificates of `options`.
    pub fn new(options: &WireOptions) -> Result<Self, ClientError> {
        let tls = tls::connector(options)?;
        Ok(Self {
            shared: Arc::new(Shared {
                pooled: PooledSender::new(tls.clone(), options.exchange_deadline)?,
                direct: DirectSender {
                    tls: tls.into(),
                    deadline: options.exchange_deadline,
                },
                bounds: BodyBounds {
                    read: options.max_body,
                    kept: options.kept_body,
                },
                exchange_deadline: options.exchange_deadline,
                retry_budget: options.retry_budget,
                made: Instant::now(),
            }),
            memory: None,
        })
    }

    /// The same connections for the requests of one case, which reads of an answer what its own requests explain: `DOCUMENT` octets, and
    /// `GROWTH` times what it has sent so far, within the options.
    #[must_use]
    pub fn for_case(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            memory: Some(Arc::default()),
        }
    }

    fn bounds(&self) -> BodyBounds {
        let bounds = self.shared.bounds;
        let Some(memory) = &self.memory else {
            return bounds;
        };
        let sent = memory.sent.load(Ordering::Relaxed);
        let read = DOCUMENT.saturating_add(sent.saturating_mul(GROWTH));
        BodyBounds {
            read: bounds.read.min(read),
            ..bounds
        }
    }

    fn note_sent(&self, octets: usize) {
        if let Some(memory) = &self.memory {
            memory.sent.fetch_add(octets, Ordering::Relaxed);
        }
    }

    /// Sends a request, again after each 429 as its `Retry-After` asks, within the budget of the options; the last
    /// 429 is then the answer.
    pub async fn send(&self, request: &Request) -> Exchange {
        let record = record(request);
        self.note_sent(record.body.len());
        let began = Instant::now();
        let mut waited = Duration::ZERO;
        let mut retries = 0;
        let (mut answer, gave_up) = loop {
            let deadline = self.shared.exchange_deadline + request.patience;
            let answer = self
                .attempt(&record, deadline)
                .await
                .map_err(|error| match error {
                    WireError::Timeout { phase, .. } => WireError::Timeout { phase, deadline },
                    error => error,
                });
            let wait = match &answer {
                Ok(answer) if answer.status == 429 => retry_after(answer, SystemTime::now())
                    .unwrap_or(BACKOFF * 2_u32.pow(retries.min(8))),
                _ => break (answer, false),
            };
            if waited.saturating_add(wait) > self.shared.retry_budget || retries >= MAX_RETRIES {
                break (answer, true);
            }
            sleep(wait).await;
            waited += wait;
            retries += 1;
        };
        if let (Some(memory), Ok(answer)) = (&self.memory, &mut answer) {
            memory.recall(answer);
        }
        Exchange {
            name: request.name.clone(),
            request: record,
            answer,
            started: began.duration_since(self.shared.made),
            duration: began.elapsed(),
            retries,
            gave_up,
        }
    }

    /// Sends octets as they are, on a connection of their own, and reads whatever answer comes.
    pub async fn send_raw(&self, request: &RawRequest) -> Exchange {
        self.note_sent(request.pieces.iter().map(Bytes::len).sum());
        let began = Instant::now();
        // An answer to HEAD has no body even if the request is otherwise odd.
        let starts = |start: &[u8]| {
            request
                .pieces
                .first()
                .is_some_and(|piece| piece.starts_with(start))
        };
        let method = if starts(b"HEAD ") { "HEAD" } else { "" };
        let encoded = Encoded {
            pieces: request.pieces.clone(),
            ending: request.ending,
        };
        let answer = self.direct(&encoded, method, &request.origin).await;
        Exchange {
            name: request.name.clone(),
            request: RequestRecord {
                method: String::new(),
                url: request.origin.clone(),
                target: None,
                headers: Vec::new(),
                credentials: None,
                body: Body::Empty,
                raw: Some((encoded.pieces, encoded.ending)),
            },
            answer,
            started: began.duration_since(self.shared.made),
            duration: began.elapsed(),
            retries: 0,
            gave_up: false,
        }
    }

    /// The time on the clock of [`Exchange::started`].
    pub fn elapsed(&self) -> Duration {
        self.shared.made.elapsed()
    }

    /// Whether a plain request to `base` gets any answer: tells a living server that dropped a connection from one
    /// that is gone.
    pub async fn alive(&self, base: &Url) -> Alive {
        let request = Request::new("alive", "GET", base.clone()).header("Connection", "close");
        let encoded = encode(&record(&request));
        for _ in 0..2 {
            let answer = self.direct(&encoded, "GET", base).await;
            if matches!(answer, Ok(_) | Err(WireError::Malformed(_))) {
                return Alive::Answers;
            }
        }
        Alive::Gone
    }

    async fn attempt(
        &self,
        record: &RequestRecord,
        deadline: Duration,
    ) -> Result<Answer, WireError> {
        let authority = Authority::of(&record.url)?;
        let until = Instant::now() + deadline;
        let bounds = self.bounds();
        let pooled = &self.shared.pooled;
        if let Ok(answer) = pooled.send(record, &authority, bounds, until).await {
            return answer;
        }
        let encoded = encode(record);
        self.shared
            .direct
            .send(&encoded, &record.method, &authority, bounds, until)
            .await
    }

    async fn direct(
        &self,
        encoded: &Encoded,
        method: &str,
        origin: &Url,
    ) -> Result<Answer, WireError> {
        let authority = Authority::of(origin)?;
        let until = Instant::now() + self.shared.exchange_deadline;
        self.shared
            .direct
            .send(encoded, method, &authority, self.bounds(), until)
            .await
    }
}
