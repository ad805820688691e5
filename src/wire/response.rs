//! Reads one response from the octets of a connection, robust against anything that may come (RFC 9112).

use bytes::Bytes;

use super::{
    Answer, WireError,
    chunked::ChunkDecoder,
    collected::{BodyBounds, Collected},
};

/// The most octets of a head, and the most interim (1xx) responses, before it is taken to be endless.
pub(super) const MAX_HEAD: usize = 64 * 1024;
pub(super) const MAX_FIELDS: usize = 256;
const MAX_INTERIM: usize = 32;
/// The most octets after the end that are looked at.
const MAX_SURPLUS: usize = 64 * 1024;

enum Framing {
    None,
    Length(u64),
    Chunked(ChunkDecoder),
    UntilClose,
}

struct Body {
    answer: Answer,
    framing: Framing,
    octets: Collected,
}

/// Whether a response is at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Done,
}

pub(super) struct ResponseReader {
    to_head: bool,
    bounds: BodyBounds,
    buffer: Vec<u8>,
    interim: usize,
    body: Option<Body>,
    done: bool,
    received: bool,
}

/// How a connection ended under a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Closed,
    Reset,
    Unclean(String),
    Deadline,
}

impl ResponseReader {
    pub(super) fn new(method: &str, bounds: BodyBounds) -> Self {
        Self {
            to_head: method == "HEAD",
            bounds,
            buffer: Vec::new(),
            interim: 0,
            body: None,
            done: false,
            received: false,
        }
    }

    /// Whether anything came at all.
    pub(super) fn has_received(&self) -> bool {
        self.received
    }

    /// Takes octets in.
    pub(super) fn feed(&mut self, octets: &[u8]) -> Result<Progress, WireError> {
        self.received |= !octets.is_empty();
        let room = if self.done {
            MAX_SURPLUS.saturating_sub(self.buffer.len())
        } else {
            usize::MAX
        };
        self.buffer
            .extend_from_slice(&octets[..octets.len().min(room)]);
        while self.body.is_none() {
            if self.head()? == Progress::More {
                return Ok(Progress::More);
            }
        }
        Ok(self.read_body())
    }

    /// Whether the response is complete, but octets after it are still looked for: those of a body after HEAD.
    pub(super) fn wants_surplus(&self) -> bool {
        self.to_head && self.buffer.len() < MAX_SURPLUS
    }

    /// The answer, when no more octets come.
    pub(super) fn finish(mut self, end: &End) -> Result<Answer, WireError> {
        let Some(mut body) = self.body.take() else {
            return Err(match end {
                End::Reset => WireError::Reset,
                End::Closed | End::Unclean(_) | End::Deadline if !self.received => {
                    WireError::Closed
                }
                End::Closed | End::Deadline => {
                    WireError::Malformed("it ends within its head".to_owned())
                }
                End::Unclean(reason) => {
                    WireError::Malformed(format!("it ends within its head: {reason}"))
                }
            });
        };
        body.octets.finish(&mut body.answer);
        if self.done {
            body.answer.surplus = self.buffer.len();
            return Ok(body.answer);
        }
        match (&body.framing, end) {
            (Framing::UntilClose, End::Closed) => body.answer.complete = true,
            (_, End::Closed) => {
                body.answer.trouble =
                    Some("the connection was closed before the end of the body".to_owned());
            }
            (_, End::Reset) => {
                body.answer.trouble =
                    Some("the connection was reset before the end of the body".to_owned());
            }
            (_, End::Unclean(reason)) => {
                body.answer.trouble = Some(format!(
                    "the connection broke before the end of the body: {reason}"
                ));
            }
            (_, End::Deadline) => {
                body.answer.trouble =
                    Some("the deadline passed before the end of the body".to_owned());
            }
        }
        Ok(body.answer)
    }

    fn head(&mut self) -> Result<Progress, WireError> {
        let mut fields = [httparse::EMPTY_HEADER; MAX_FIELDS];
        let mut response = httparse::Response::new(&mut fields);
        let length = match response.parse(&self.buffer) {
            Ok(httparse::Status::Complete(length)) if length <= MAX_HEAD => length,
            Ok(httparse::Status::Partial) if self.buffer.len() <= MAX_HEAD => {
                return Ok(Progress::More);
            }
            Ok(_) | Err(httparse::Error::TooManyHeaders) => {
                return Err(long_head());
            }
            Err(error) => {
                return Err(WireError::Malformed(format!(
                    "its head is not HTTP/1.1: {error}"
                )));
            }
        };
        let answer = Answer {
            status: response.code.unwrap_or_default(),
            reason: response.reason.unwrap_or_default().to_owned(),
            headers: response
                .headers
                .iter()
                .map(|field| (field.name.to_owned(), field.value.to_vec()))
                .collect(),
            ..Answer::default()
        };
        self.buffer.drain(..length);
        if (100..200).contains(&answer.status) && answer.status != 101 {
            self.interim += 1;
            if self.interim > MAX_INTERIM {
                return Err(WireError::Malformed(
                    "interim responses do not end".to_owned(),
                ));
            }
            return Ok(Progress::Done);
        }
        if answer.status < 100 {
            return Err(WireError::Malformed(format!(
                "its status {} is below 100",
                answer.status
            )));
        }
        let framing = if self.to_head {
            Framing::None
        } else {
            framing(&answer)?
        };
        self.body = Some(Body {
            answer,
            framing,
            octets: Collected::new(self.bounds),
        });
        Ok(Progress::Done)
    }

    fn read_body(&mut self) -> Progress {
        let Some(body) = &mut self.body else {
            return Progress::More;
        };
        if self.done {
            return Progress::Done;
        }
        let room = body.octets.room();
        match &mut body.framing {
            Framing::None => body.answer.complete = true,
            Framing::Length(left) => {
                let ready = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(self.buffer.len())
                    .min(room);
                body.octets.push(&take(&mut self.buffer, ready));
                *left -= ready as u64;
                body.answer.complete = *left == 0;
            }
            Framing::UntilClose => {
                let ready = self.buffer.len().min(room);
                body.octets.push(&take(&mut self.buffer, ready));
            }
            Framing::Chunked(decoder) => match decoder.decode(&self.buffer, &mut body.octets) {
                Ok(used) => {
                    self.buffer.drain(..used);
                    body.answer.complete = decoder.is_done();
                }
                Err(reason) => {
                    body.answer.trouble = Some(reason);
                    self.buffer.clear();
                    self.done = true;
                    return Progress::Done;
                }
            },
        }
        let is_data = match &body.framing {
            Framing::Chunked(decoder) => decoder.wants_data(),
            _ => true,
        };
        let full = body.octets.room() == 0 && is_data && !self.buffer.is_empty();
        if !body.answer.complete && full {
            body.octets.overflows(&mut body.answer);
            self.buffer.clear();
        }
        self.done = body.answer.complete || body.answer.truncated_by_us;
        if self.done {
            Progress::Done
        } else {
            Progress::More
        }
    }
}

/// The trouble with a head beyond the bounds, whether it would end or not.
pub(super) fn long_head() -> WireError {
    WireError::Malformed("its head does not end".to_owned())
}

/// The first octets of the buffer, which they leave.
fn take(buffer: &mut Vec<u8>, octets: usize) -> Bytes {
    if octets == buffer.len() {
        return std::mem::take(buffer).into();
    }
    buffer.drain(..octets).collect()
}

/// How the end of the body is found (RFC 9112, section 6.3).
fn framing(answer: &Answer) -> Result<Framing, WireError> {
    if matches!(answer.status, 101 | 204 | 304) {
        return Ok(Framing::None);
    }
    let codings: Vec<String> = answer
        .headers_named("transfer-encoding")
        .flat_map(|value| {
            String::from_utf8_lossy(value)
                .split(',')
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty())
        .collect();
    if let Some(last) = codings.last() {
        return Ok(if last == "chunked" {
            Framing::Chunked(ChunkDecoder::new())
        } else {
            Framing::UntilClose
        });
    }
    let mut lengths: Vec<String> = answer
        .headers_named("content-length")
        .flat_map(|value| {
            String::from_utf8_lossy(value)
                .split(',')
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|length| length.trim().to_owned())
        .collect();
    lengths.dedup();
    match lengths.as_slice() {
        [] => Ok(Framing::UntilClose),
        [length] if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) => {
            length.parse().map(Framing::Length).map_err(|_| {
                WireError::Malformed("its Content-Length is beyond 64 bits".to_owned())
            })
        }
        [_] => Err(WireError::Malformed(
            "its Content-Length is no number".to_owned(),
        )),
        _ => Err(WireError::Malformed(
            "it has several Content-Lengths".to_owned(),
        )),
    }
}
