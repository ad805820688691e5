//! A request and its answer as a front sees them, and changes to the answer.

use serde_json::Value;

/// Rewrites an answer.
pub(crate) type Dialect = fn(&Request, &mut Response);

/// What is known of a request; empty texts where it is no HTTP.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) version: String,
    head: String,
}

impl Request {
    pub(crate) fn read(octets: &[u8]) -> Self {
        let text = String::from_utf8_lossy(octets);
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        let line = head.lines().next().unwrap_or_default();
        let mut parts = line.split(' ').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        Self {
            method: next(),
            target: next(),
            version: next(),
            head: head.to_owned(),
        }
    }

    /// A header field.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The path, without a query.
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// How the end of a body is told.
#[derive(Clone, Copy)]
pub(crate) enum Framing {
    Length,
    /// In pieces of this many octets, with extensions and a trailer.
    Chunked(usize),
    UntilClose,
}

/// An answer on its way.
pub(crate) struct Response {
    pub(crate) version: &'static str,
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) has_body: bool,
    pub(crate) body: Vec<u8>,
    pub(crate) framing: Framing,
    /// Interim responses before it.
    pub(crate) interim: &'static str,
}

impl Response {
    pub(crate) fn read(head: &[u8]) -> Option<Self> {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut parsed = httparse::Response::new(&mut fields);
        parsed.parse(head).ok()?;
        Some(Self {
            version: "HTTP/1.1",
            status: parsed.code?,
            reason: parsed.reason.unwrap_or_default().to_owned(),
            headers: parsed
                .headers
                .iter()
                .map(|field| {
                    let value = String::from_utf8_lossy(field.value).into_owned();
                    (field.name.to_owned(), value)
                })
                .collect(),
            has_body: true,
            body: Vec::new(),
            framing: Framing::Length,
            interim: "",
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_header(&mut self, name: &str, value: impl Into<String>) {
        self.remove_header(name);
        self.headers.push((name.to_owned(), value.into()));
    }

    pub(crate) fn remove_header(&mut self, name: &str) {
        self.headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
    }

    /// Whether the body is JSON of any kind, or would be if the request were not HEAD.
    pub(crate) fn is_json(&self) -> bool {
        self.header("content-type")
            .is_some_and(|kind| kind.contains("json"))
    }

    pub(crate) fn is_problem(&self) -> bool {
        self.header("content-type")
            .is_some_and(|kind| kind.contains("problem+json"))
    }

    /// Another document in the place of the present one; what no parser of ours reads stays as it is.
    pub(crate) fn edit(&mut self, change: impl FnOnce(&mut Value)) {
        if self.is_json()
            && let Ok(mut document) = serde_json::from_slice(&self.body)
        {
            change(&mut document);
            self.body = document.to_string().into_bytes();
        }
    }

    /// An answer without a body.
    pub(crate) fn empty(&mut self, status: u16) {
        self.status = status;
        self.reason.clear();
        self.body.clear();
        self.remove_header("content-type");
        self.remove_header("etag");
    }

    pub(crate) fn write(&self, request: &Request) -> Vec<u8> {
        let mut head = String::new();
        if request.version == "HTTP/1.1" {
            head += self.interim;
        }
        head += &format!("{} {} {}\r\n", self.version, self.status, self.reason);
        // What an answer to HEAD says of the length is about the answer to GET.
        let hop_by_hop = ["transfer-encoding", "connection", "content-length"];
        for (name, value) in &self.headers {
            let is_own = hop_by_hop
                .iter()
                .any(|other| name.eq_ignore_ascii_case(other));
            if !is_own {
                head += &format!("{name}: {value}\r\n");
            }
        }
        head += "Connection: close\r\n";
        let mut octets = Vec::new();
        if !self.has_body || self.status == 204 {
            octets.extend_from_slice(head.as_bytes());
            octets.extend_from_slice(b"\r\n");
            return octets;
        }
        match self.framing {
            Framing::Length => head += &format!("Content-Length: {}\r\n", self.body.len()),
            Framing::Chunked(_) => head += "Transfer-Encoding: chunked\r\n",
            Framing::UntilClose => {}
        }
        octets.extend_from_slice(head.as_bytes());
        octets.extend_from_slice(b"\r\n");
        if let Framing::Chunked(size) = self.framing {
            for chunk in self.body.chunks(size.max(self.body.len() / 64)) {
                octets.extend_from_slice(format!("{:X};part=1\r\n", chunk.len()).as_bytes());
                octets.extend_from_slice(chunk);
                octets.extend_from_slice(b"\r\n");
            }
            octets.extend_from_slice(b"0\r\nX-Checked: yes\r\n\r\n");
        } else {
            octets.extend_from_slice(&self.body);
        }
        octets
    }
}
