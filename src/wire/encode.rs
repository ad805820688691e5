//! A request as the octets of HTTP/1.1 (RFC 9112).

use bytes::Bytes;
use url::Url;

use super::{Body, Ending, Request, RequestRecord};

/// The octets of a request, in the pieces they are written in.
pub(super) struct Encoded {
    pub(super) pieces: Vec<Bytes>,
    pub(super) ending: Ending,
    pub(super) record: RequestRecord,
    /// The request asks the server to close the connection.
    pub(super) closes: bool,
}

const USER_AGENT: &str = concat!("registry-conformance/", env!("CARGO_PKG_VERSION"));

pub(super) fn encode(request: &Request) -> Encoded {
    let target = target_of(&request.url, request.target_override.as_deref());
    let (headers, closes) = fields(request);
    let credentials = request.credentials.as_ref().filter(|credentials| {
        !credentials
            .fields
            .iter()
            .any(|field| has(&request.headers, &field.name))
    });
    let mut head = format!("{} {target} HTTP/1.1\r\n", request.method).into_bytes();
    let secret_fields = credentials
        .into_iter()
        .flat_map(|credentials| &credentials.fields)
        .map(|field| {
            (
                field.name.as_str(),
                [field.prefix.as_bytes(), field.secret.expose().as_bytes()].concat(),
            )
        });
    let fields = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .chain(secret_fields);
    for (name, value) in fields {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(&value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");

    let (pieces, ending) = framed(Bytes::from(head), &request.body);
    let record = RequestRecord {
        method: request.method.clone(),
        url: request.url.clone(),
        target: request.target_override.clone(),
        headers,
        credentials: credentials.cloned(),
        body: request.body.clone(),
        raw: None,
    };
    Encoded {
        pieces,
        ending,
        record,
        closes,
    }
}

/// The request target: the one given, or the origin form of the URL (RFC 9112, section 3.2.1).
pub(super) fn target_of(url: &Url, target: Option<&str>) -> String {
    match (target, url.query()) {
        (Some(target), _) => target.to_owned(),
        (None, Some(query)) => format!("{}?{query}", url.path()),
        (None, None) => url.path().to_owned(),
    }
}

fn has(headers: &[(String, Vec<u8>)], name: &str) -> bool {
    headers
        .iter()
        .any(|(field, _)| field.eq_ignore_ascii_case(name))
}

/// The header fields, with what the request does not name itself, and whether they ask for the connection's end.
fn fields(request: &Request) -> (Vec<(String, Vec<u8>)>, bool) {
    let mut fields = Vec::new();
    let mut add = |name: &str, value: String| {
        if !has(&request.headers, name) {
            fields.push((name.to_owned(), value.into_bytes()));
        }
    };
    let host = request.url.host_str().unwrap_or_default();
    add(
        "Host",
        request
            .url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
    );
    add("User-Agent", USER_AGENT.to_owned());
    add("Accept", "*/*".to_owned());
    if request.method == "HEAD" {
        // With the end of the connection, a body that should not be there shows.
        add("Connection", "close".to_owned());
    }
    let usually_with_body = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
    match &request.body {
        Body::Empty if usually_with_body => add("Content-Length", "0".to_owned()),
        Body::Empty => {}
        Body::Bytes(bytes) => add("Content-Length", bytes.len().to_string()),
        Body::Chunked(_) => add("Transfer-Encoding", "chunked".to_owned()),
        Body::Cut { declared, .. } => add("Content-Length", declared.to_string()),
        Body::Declared { length, .. } => add("Content-Length", length.clone()),
    }
    fields.extend(request.headers.iter().cloned());
    let closes = fields.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("connection")
            && String::from_utf8_lossy(value)
                .to_ascii_lowercase()
                .contains("close")
    });
    (fields, closes)
}

fn framed(head: Bytes, body: &Body) -> (Vec<Bytes>, Ending) {
    match body {
        Body::Empty => (vec![head], Ending::KeepOpen),
        // A small body goes out with the head: one segment, as clients do.
        Body::Bytes(bytes) if bytes.len() <= 16 * 1024 => (
            vec![Bytes::from([&head[..], &bytes[..]].concat())],
            Ending::KeepOpen,
        ),
        Body::Bytes(bytes) => (vec![head, bytes.clone()], Ending::KeepOpen),
        Body::Cut { sent, .. } => (vec![head, sent.clone()], Ending::HalfClose),
        Body::Declared { length, bytes } => {
            // More is declared than there is: only the end tells the server that no more will come.
            let short = length
                .trim()
                .parse::<u64>()
                .is_ok_and(|length| length > bytes.len() as u64);
            (
                vec![head, bytes.clone()],
                if short {
                    Ending::HalfClose
                } else {
                    Ending::KeepOpen
                },
            )
        }
        Body::Chunked(pieces) => {
            let mut framed = vec![head];
            for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
                framed.push(Bytes::from(format!("{:x}\r\n", piece.len())));
                framed.push(piece.clone());
                framed.push(Bytes::from_static(b"\r\n"));
            }
            framed.push(Bytes::from_static(b"0\r\n\r\n"));
            (framed, Ending::KeepOpen)
        }
    }
}
