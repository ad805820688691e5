use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::{Instant, sleep, timeout_at};
use tokio_native_tls::{TlsConnector, native_tls};
use url::Url;

use super::{
    Body, ClientError, Ending, Exchange, Phase, RawRequest, Request, RequestRecord, WireError,
    WireOptions,
    connection::{Authority, Connection},
    encode::{Encoded, encode},
    pool::Pool,
    retry_after,
    transfer::{Transfer, Transferred},
};

/// The first wait after a 429 without `Retry-After`; it doubles each time.
const BACKOFF: Duration = Duration::from_millis(100);
/// However short the waits, a request is not sent again more often.
const MAX_RETRIES: u32 = 100;

/// Sends requests. Clones share their idle connections; all of them belong to one tokio runtime.
///
/// No redirect is followed, no proxy used, no content decoded, no cookie kept; HTTP/1.1 only.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    connector: TlsConnector,
    pool: Pool,
    exchange_deadline: Duration,
    max_body: usize,
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
        let mut builder = native_tls::TlsConnector::builder();
        if let Some(pem) = &options.ca {
            let certificates = native_tls::Certificate::stack_from_pem(pem)
                .map_err(|error| ClientError::Ca(error.to_string()))?;
            if certificates.is_empty() {
                return Err(ClientError::Ca("there is none in the file".to_owned()));
            }
            for certificate in certificates {
                builder.add_root_certificate(certificate);
            }
        }
        if let Some(identity) = &options.client_identity {
            let identity = native_tls::Identity::from_pkcs8(&identity.certificate, &identity.key)
                .map_err(|error| ClientError::Identity(error.to_string()))?;
            builder.identity(identity);
        }
        let connector = builder
            .build()
            .map_err(|error| ClientError::Tls(error.to_string()))?;
        Ok(Self {
            shared: Arc::new(Shared {
                connector: connector.into(),
                pool: Pool::default(),
                exchange_deadline: options.exchange_deadline,
                max_body: options.max_body,
                retry_budget: options.retry_budget,
                made: Instant::now(),
            }),
        })
    }

    /// Sends a request, again after each 429 as its `Retry-After` asks, within the budget of the options; the last
    /// 429 is then the answer.
    pub async fn send(&self, request: &Request) -> Exchange {
        let encoded = encode(request);
        let began = Instant::now();
        let mut waited = Duration::ZERO;
        let mut retries = 0;
        let (answer, gave_up) = loop {
            let answer = self.attempt(request, &encoded).await;
            let wait = match &answer {
                Ok(answer) if answer.status == 429 => retry_after(answer, SystemTime::now())
                    .unwrap_or(BACKOFF * 2_u32.pow(retries.min(8))),
                _ => break (answer, false),
            };
            if waited + wait > self.shared.retry_budget || retries >= MAX_RETRIES {
                break (answer, true);
            }
            sleep(wait).await;
            waited += wait;
            retries += 1;
        };
        Exchange {
            name: request.name.clone(),
            request: encoded.record,
            answer,
            started: began.duration_since(self.shared.made),
            duration: began.elapsed(),
            retries,
            gave_up,
        }
    }

    /// Sends octets as they are, on a connection of their own, and reads whatever answer comes.
    pub async fn send_raw(&self, request: &RawRequest) -> Exchange {
        let began = Instant::now();
        // An answer to HEAD has no body even if the request is otherwise odd.
        let starts = |start: &[u8]| {
            request
                .pieces
                .first()
                .is_some_and(|piece| piece.starts_with(start))
        };
        let method = if starts(b"HEAD ") { "HEAD" } else { "" };
        let answer = match Authority::of(&request.origin) {
            Ok(authority) => {
                let until = began + self.shared.exchange_deadline;
                let transfer = Transfer {
                    pieces: &request.pieces,
                    ending: request.ending,
                    ..self.transfer(method, until)
                };
                match self.open(&authority, until).await {
                    Ok(mut connection) => transfer.run(&mut connection).await.answer,
                    Err(error) => Err(error),
                }
            }
            Err(error) => Err(error),
        };
        Exchange {
            name: request.name.clone(),
            request: RequestRecord {
                method: String::new(),
                url: request.origin.clone(),
                target: None,
                headers: Vec::new(),
                credentials: None,
                body: Body::Empty,
                raw: Some((request.pieces.clone(), request.ending)),
            },
            answer,
            started: began.duration_since(self.shared.made),
            duration: began.elapsed(),
            retries: 0,
            gave_up: false,
        }
    }

    /// Whether a plain request to `base` gets any answer: tells a living server that dropped a connection from one
    /// that is gone.
    pub async fn alive(&self, base: &Url) -> Alive {
        let encoded =
            encode(&Request::new("alive", "GET", base.clone()).header("Connection", "close"));
        for _ in 0..2 {
            let Ok(authority) = Authority::of(base) else {
                return Alive::Gone;
            };
            match self.fresh(&authority, &encoded, "GET").await.answer {
                Ok(_) | Err(WireError::Malformed(_)) => return Alive::Answers,
                Err(_) => {}
            }
        }
        Alive::Gone
    }

    async fn attempt(
        &self,
        request: &Request,
        encoded: &Encoded,
    ) -> Result<super::Answer, WireError> {
        let authority = Authority::of(&request.url)?;
        // A server may close an idle connection just as a request is sent on it. Only a request that may be sent
        // twice is put on one, and then goes out again, so that this race never looks like a dropped connection.
        let repeatable = request.method == "GET" && request.body == Body::Empty && !encoded.closes;
        if repeatable && let Some(mut connection) = self.shared.pool.take(&authority) {
            let until = Instant::now() + self.shared.exchange_deadline;
            let transfer = Transfer {
                pieces: &encoded.pieces,
                ..self.transfer("GET", until)
            };
            let transferred = transfer.run(&mut connection).await;
            let stale = transferred.silent
                && transferred
                    .answer
                    .as_ref()
                    .is_err_and(WireError::lost_connection);
            if !stale {
                self.keep(authority, connection, &transferred, encoded);
                return transferred.answer;
            }
        }
        self.fresh(&authority, encoded, &request.method)
            .await
            .answer
    }

    /// One exchange on a new connection.
    async fn fresh(&self, authority: &Authority, encoded: &Encoded, method: &str) -> Transferred {
        let until = Instant::now() + self.shared.exchange_deadline;
        let mut connection = match self.open(authority, until).await {
            Ok(connection) => connection,
            Err(error) => {
                return Transferred {
                    answer: Err(error),
                    silent: true,
                    reusable: false,
                };
            }
        };
        let transfer = Transfer {
            pieces: &encoded.pieces,
            ending: encoded.ending,
            ..self.transfer(method, until)
        };
        let transferred = transfer.run(&mut connection).await;
        self.keep(authority.clone(), connection, &transferred, encoded);
        transferred
    }

    fn keep(
        &self,
        authority: Authority,
        connection: Connection,
        transferred: &Transferred,
        encoded: &Encoded,
    ) {
        if transferred.reusable && !encoded.closes && encoded.ending == Ending::KeepOpen {
            self.shared.pool.put(authority, connection);
        }
    }

    async fn open(&self, authority: &Authority, until: Instant) -> Result<Connection, WireError> {
        timeout_at(until, Connection::open(authority, &self.shared.connector))
            .await
            .unwrap_or_else(|_| {
                Err(WireError::Timeout {
                    phase: Phase::Connecting,
                    deadline: self.shared.exchange_deadline,
                })
            })
    }

    fn transfer<'a>(&self, method: &'a str, until: Instant) -> Transfer<'a> {
        Transfer {
            pieces: &[],
            ending: Ending::KeepOpen,
            method,
            max_body: self.shared.max_body,
            until,
            deadline: self.shared.exchange_deadline,
        }
    }
}
