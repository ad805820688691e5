use std::fmt::Write as _;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{
    body::{head, is_text, length},
    shell::quote_into,
};
use crate::wire::{Body, Ending, Exchange, Redactor, RequestRecord, Segment};

/// The longest body that stands in the line itself, in octets.
pub(super) const INLINE: usize = 4096;
/// The longest line, in octets; it grows with header fields and with the URLs that a registry gives out.
const LONGEST: usize = 32 * 1024;

/// A line for a POSIX shell that repeats the request with curl, secrets by the name of their variable. Where curl
/// needs a file, or can not do the same, a comment after it says what is meant.
pub fn curl(exchange: &Exchange, redactor: &Redactor) -> String {
    let request = &exchange.request;
    let line = match &request.raw {
        Some((pieces, ending)) => raw(request, pieces, *ending, redactor),
        None => http(request, redactor),
    };
    if line.len() > LONGEST {
        return format!(
            "# {} octets of a command are too long to stand here",
            line.len()
        );
    }
    line
}

fn http(request: &RequestRecord, redactor: &Redactor) -> String {
    let mut command = String::with_capacity(room_of(request));
    match request.method.as_str() {
        "HEAD" => command.push_str("curl -i --head"),
        method => {
            command.push_str("curl -i -X ");
            if is_plain_word(method) && !redactor.finds(method.as_bytes(), "") {
                command.push_str(method);
            } else {
                quote_into(&mut command, &redactor.segments(method.as_bytes()));
            }
        }
    }
    for (name, value) in &request.headers {
        // What curl adds by itself, or gets wrong when it is told.
        let framing = ["host", "user-agent", "accept", "connection"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own));
        let length = name.eq_ignore_ascii_case("content-length")
            && !matches!(request.body, Body::Declared { .. } | Body::Cut { .. });
        if framing && !is_explicit(name, value) || length {
            continue;
        }
        let start = if value.is_empty() { ";" } else { ": " };
        let mut segments = redactor.segments(name.as_bytes());
        segments.push(Segment::Plain(start.as_bytes()));
        segments.extend(redactor.segments(value));
        option(&mut command, "-H", &segments);
    }
    for field in request
        .credentials
        .iter()
        .flat_map(|credentials| &credentials.fields)
    {
        let segments = [
            Segment::Plain(field.name.as_bytes()),
            Segment::Plain(b": "),
            Segment::Plain(field.prefix.as_bytes()),
            Segment::Secret(field.secret.label().to_owned()),
        ];
        option(&mut command, "-H", &segments);
    }
    let typed = request
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if request.body != Body::Empty && !typed {
        // Or curl would call the body a form.
        command.push_str(" -H 'Content-Type:'");
    }
    let mut comments = Vec::new();
    body(&request.body, redactor, &mut command, &mut comments);
    if let Some(target) = &request.target {
        let target = redactor.segments(target.as_bytes());
        option(&mut command, "--request-target", &target);
    }
    command.push(' ');
    quote_into(
        &mut command,
        &redactor.segments(request.url.as_str().as_bytes()),
    );
    if !comments.is_empty() {
        command.push_str(" # ");
        command.push_str(&comments.join("; "));
    }
    command
}

/// Octets that the command takes as long as there is little in it that has to be quoted.
fn room_of(request: &RequestRecord) -> usize {
    const OF_OPTION: usize = 8;
    let of_fields = |(name, value): &(String, Vec<u8>)| name.len() + value.len() + OF_OPTION;
    let fields: usize = request.headers.iter().map(of_fields).sum();
    let room = 256 + request.url.as_str().len() + fields + request.body.len().min(INLINE);
    room.min(LONGEST)
}

/// Appends an option with its value.
fn option(command: &mut String, name: &str, value: &[Segment<'_>]) {
    command.push(' ');
    command.push_str(name);
    command.push(' ');
    quote_into(command, value);
}

/// Header fields that stand in a request by our own doing and say nothing about it.
fn is_explicit(name: &str, value: &[u8]) -> bool {
    let ours = name.eq_ignore_ascii_case("host")
        || value.starts_with(b"registry-conformance/")
        || value == b"*/*"
        || value == b"close";
    !ours
}

/// Whether it is a word that needs no quotes.
fn is_plain_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

fn body(body: &Body, redactor: &Redactor, command: &mut String, comments: &mut Vec<String>) {
    match body {
        Body::Empty => return,
        Body::Cut { declared, sent } => comments.push(format!(
            "{} of the declared {declared} octets were sent, then the sending side ended, which curl can not do",
            sent.len()
        )),
        // Content-Length is among the header fields already.
        Body::Declared { .. } | Body::Bytes(_) | Body::Chunked(_) => {}
    }
    let octets = head(body.pieces(), INLINE);
    let inline = body.len() <= INLINE && is_text(&octets) && !octets.starts_with(b"@");
    if inline {
        option(command, "--data-binary", &redactor.segments(&octets));
    } else {
        command.push_str(" --data-binary @FILE");
        comments.push(file_of(body.pieces()));
    }
}

/// What a file has to hold that takes the place of a body.
fn file_of(pieces: &[Bytes]) -> String {
    let mut digest = Sha256::new();
    for piece in pieces {
        digest.update(piece);
    }
    let digest: [u8; 32] = digest.finalize().into();
    format!(
        "FILE holds {} octets, sha256 {}",
        length(pieces),
        hex::encode(digest)
    )
}

fn raw(request: &RequestRecord, pieces: &[Bytes], ending: Ending, redactor: &Redactor) -> String {
    let host = request.url.host_str().unwrap_or_default();
    let port = request.url.port_or_known_default().unwrap_or_default();
    let send = if request.url.scheme() == "https" {
        format!("openssl s_client -quiet -connect {host}:{port}")
    } else {
        format!("nc {} {port}", host.trim_matches(['[', ']']))
    };
    let after = match ending {
        Ending::KeepOpen => "",
        Ending::HalfClose => "; the sending side ended after them",
        Ending::Reset => "; the connection was reset after them",
    };
    let octets = head(pieces, INLINE + 1);
    if octets.len() > INLINE {
        return format!("{send} < FILE # {}{after}", file_of(pieces));
    }
    // Each octet that a shell or a terminal could take amiss is written in octal.
    let mut format = String::new();
    let mut arguments = Vec::new();
    for segment in redactor.segments(&octets) {
        match segment {
            Segment::Secret(label) => {
                format.push_str("%s");
                arguments.push(format!(" \"${label}\""));
            }
            Segment::Plain(plain) => {
                for octet in plain {
                    match octet {
                        b'\r' => format.push_str("\\r"),
                        b'\n' => format.push_str("\\n"),
                        b'%' => format.push_str("%%"),
                        b'\\' => format.push_str("\\\\"),
                        b'\'' => format.push_str("\\047"),
                        b' '..=b'~' => format.push(char::from(*octet)),
                        other => {
                            let _ = write!(format, "\\{other:03o}");
                        }
                    }
                }
            }
        }
    }
    let comment = if after.is_empty() {
        String::new()
    } else {
        format!(" #{}", after.trim_start_matches(';'))
    };
    format!("printf '{format}'{} | {send}{comment}", arguments.concat())
}
