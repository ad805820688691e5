use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The most values that are read of a document.
const MAX_VALUES: usize = 25_000;

/// A response, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status code, 100 to 999.
    pub status: u16,
    /// The reason phrase; may be empty.
    pub reason: String,
    /// The header fields; several of one name in their order. Names are in lower case where reqwest read the answer.
    /// (Trailers are not part of it.)
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, chunks joined, content encodings left as they are; of a long one the beginning.
    pub body: Bytes,
    /// What is known of the whole body where `body` is the beginning alone.
    pub whole: Option<Whole>,
    /// Whether the body is whole by its own framing.
    pub complete: bool,
    /// Whether reading stopped at the limit of the suite.
    pub truncated_by_us: bool,
    /// Why the body is not complete, in words.
    pub trouble: Option<String>,
    /// Octets that came after the end of the response, such as a body in answer to HEAD.
    pub surplus: usize,
    /// What [`Answer::json`] reads of the body.
    pub document: Document,
}

/// A body as JSON, read when somebody first asks, and once for all clones of an answer: many expectations look at one. Whoever gives a
/// clone another body gives it a new one of these.
#[derive(Clone, Debug, Default)]
pub struct Document(Arc<Read>);

#[derive(Debug, Default)]
struct Read {
    json: OnceLock<Result<Value, JsonError>>,
    /// The names of what it was found to be.
    kinds: Mutex<Vec<String>>,
}

impl Document {
    /// Whether it was found to be such a document before.
    pub(crate) fn is_known_to_be(&self, kind: &str) -> bool {
        self.kinds().iter().any(|known| known == kind)
    }

    /// Notes that it is such a document, which nobody has to find out again.
    pub(crate) fn note_that_it_is(&self, kind: &str) {
        self.kinds().push(kind.to_owned());
    }

    fn kinds(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// It says nothing that the body does not say.
impl PartialEq for Document {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Document {}

/// A body of which the beginning alone is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// How many octets were read of it.
    pub octets: usize,
    /// The SHA-256 of these.
    pub sha256: [u8; 32],
}

/// A body that is not JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read the body as JSON: {0}")]
pub struct JsonError(pub String);

impl Answer {
    /// The first value of a header field, whatever the case of its name; `None` also when it is not UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// All values of a header field in order, whatever the case of its name.
    pub fn headers_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }

    /// The media type of `Content-Type`, lower case and without parameters.
    pub fn media_type(&self) -> Option<String> {
        let essence = self
            .header("content-type")?
            .split(';')
            .next()?
            .trim()
            .to_ascii_lowercase();
        (!essence.is_empty()).then_some(essence)
    }

    /// How many octets of the body were read.
    pub fn octets(&self) -> usize {
        self.whole.map_or(self.body.len(), |whole| whole.octets)
    }

    /// Whether these octets are the body.
    pub fn has_body(&self, octets: &[u8]) -> bool {
        match &self.whole {
            None => self.body == octets,
            Some(whole) => {
                whole.octets == octets.len()
                    && octets.starts_with(&self.body)
                    && whole.sha256 == <[u8; 32]>::from(Sha256::digest(octets))
            }
        }
    }

    /// The body as JSON. Nesting beyond 128 levels is an error, and so are more values than any document of the API has: each
    /// takes many times the memory of its text. Of duplicate members the last one counts.
    pub fn json(&self) -> Result<&Value, JsonError> {
        self.document
            .0
            .json
            .get_or_init(|| self.read_json())
            .as_ref()
            .map_err(Clone::clone)
    }

    fn read_json(&self) -> Result<Value, JsonError> {
        if let Some(whole) = self.whole {
            return Err(JsonError(format!("it has {} octets", whole.octets)));
        }
        if has_more_values_than(MAX_VALUES, &self.body) {
            return Err(JsonError(format!("it has more than {MAX_VALUES} values")));
        }
        serde_json::from_slice(&self.body).map_err(|error| JsonError(error.to_string()))
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Whether a text of JSON has more values than that, judged by what opens and separates them. A mapping counts as many: it takes their
/// memory.
fn has_more_values_than(limit: usize, text: &[u8]) -> bool {
    const OF_MAPPING: usize = 10;
    // Each takes an octet at least.
    if text.len() < limit / OF_MAPPING {
        return false;
    }
    let (mut values, mut in_string, mut escaped) = (1, false, false);
    for octet in text {
        match octet {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b'[' if !in_string => values += 1,
            b'{' if !in_string => values += OF_MAPPING,
            _ => {}
        }
        if values > limit {
            return true;
        }
    }
    false
}

/// The trouble with a body of which more than `max_body` octets came.
pub(super) fn beyond_limit(max_body: usize) -> String {
    format!("it is longer than the {max_body} octets that are read")
}
