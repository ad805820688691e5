//! An answer that was written down beforehand.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::{links::Links, reply::Reply};

/// Stands for the base URL of the session, in header fields, text and the strings of JSON.
const BASE: &str = "{base}";

/// An answer that was written down beforehand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    /// Status.
    pub status: StatusCode,
    /// Header fields in order; a name may come several times.
    pub headers: Vec<(HeaderName, String)>,
    /// The body, if there is one.
    pub body: Option<ContentBody>,
}

/// A body that was written down beforehand.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ContentBody {
    /// A JSON document.
    Json(Value),
    /// Text.
    Text(String),
    /// Any bytes.
    Bytes(Bytes),
}

impl ContentBody {
    /// The media type, where the header fields do not say another.
    fn media_type(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Text(_) => "text/plain; charset=utf-8",
            Self::Bytes(_) => "application/octet-stream",
        }
    }

    fn bytes(&self, links: &Links) -> Bytes {
        match self {
            Self::Json(value) => with_base(&value.to_string(), links).into(),
            Self::Text(text) => with_base(text, links).into(),
            Self::Bytes(bytes) => bytes.clone(),
        }
    }

    /// The member that holds it.
    pub(crate) fn to_member(&self) -> (&'static str, Value) {
        match self {
            Self::Json(value) => ("json", value.clone()),
            Self::Text(text) => ("text", json!(text)),
            Self::Bytes(bytes) => ("base64", json!(STANDARD.encode(bytes))),
        }
    }
}

impl Content {
    /// The answer, `{base}` filled in.
    pub(crate) fn reply(&self, links: &Links) -> Reply {
        let mut reply = match &self.body {
            None => Reply::empty(self.status),
            Some(body) => Reply::with_body(self.status, body.media_type(), body.bytes(links)),
        };
        reply = reply.with_header(header::CACHE_CONTROL, "no-store");
        self.set_headers(&mut reply, links);
        reply
    }

    /// Bytes of a body that is made anew for each answer, placeholders as they stand.
    pub(crate) fn made_size(&self) -> usize {
        match &self.body {
            Some(ContentBody::Text(text)) => text.len(),
            Some(ContentBody::Json(value)) => length_of(value),
            Some(ContentBody::Bytes(_)) | None => 0,
        }
    }

    /// Sets the header fields, in the place of those of the same names.
    fn set_headers(&self, reply: &mut Reply, links: &Links) {
        for (name, _) in &self.headers {
            reply.headers.remove(name);
        }
        for (name, value) in &self.headers {
            if let Ok(value) = HeaderValue::from_str(&with_base(value, links)) {
                reply.headers.append(name, value);
            }
        }
    }

    /// As it is written.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("status".to_owned(), json!(self.status.as_u16()));
        if !self.headers.is_empty() {
            members.insert("headers".to_owned(), headers_json(&self.headers));
        }
        if let Some(body) = &self.body {
            let (name, value) = body.to_member();
            members.insert(name.to_owned(), value);
        }
        members
    }
}

/// Header fields as pairs, which can say everything that an object can.
pub(crate) fn headers_json(headers: &[(HeaderName, String)]) -> Value {
    headers
        .iter()
        .map(|(name, value)| json!([name.as_str(), value]))
        .collect()
}

/// Bytes of a document, which is not made for that.
fn length_of(value: &Value) -> usize {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Counting does not fail, nor does a value that came as JSON.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

/// The base URL ends with a slash; one that is written behind the placeholder is the same one.
fn with_base(text: &str, links: &Links) -> String {
    // Most have no place for it, and are long enough not to be copied twice.
    if !text.contains(BASE) {
        return text.to_owned();
    }
    text.replace(&format!("{BASE}/"), links.base())
        .replace(BASE, links.base())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_is_filled_in_with_one_slash() {
        let links = Links::new("http://127.0.0.1:1/s/a", None);
        for (text, expected) in [
            ("{base}releases", "http://127.0.0.1:1/s/a/releases"),
            ("{base}/releases", "http://127.0.0.1:1/s/a/releases"),
            ("{base}", "http://127.0.0.1:1/s/a/"),
            ("{Base} {bas", "{Base} {bas"),
        ] {
            assert_eq!(with_base(text, &links), expected);
        }
    }
}
