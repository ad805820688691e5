//! Ways to answer that no target file declares and that every client of the API has to take.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use url::Url;

use crate::dialect::{Framing, Request, Response};
use crate::setup::Variation;
use crate::variations;

fn speaks(dialect: crate::dialect::Dialect) -> Variation {
    Variation::new().dialect(dialect)
}

/// Members of a response's document that it can do without.
const OPTIONAL: &[&str] = &["createdAt", "processedAt", "expiresAt"];

fn closes(_: &Request, _: &mut Response) {}

fn as_http_1_0(_: &Request, response: &mut Response) {
    response.version = "HTTP/1.0";
    response.framing = Framing::UntilClose;
}

fn in_chunks(_: &Request, response: &mut Response) {
    response.framing = Framing::Chunked(7);
}

/// A type and what it is about, in a member of the registry's own.
fn with_bare_problems(_: &Request, response: &mut Response) {
    if response.is_problem() {
        response.edit(|problem| {
            *problem = json!({"type": problem["type"], "about": problem["detail"]});
        });
    }
}

fn with_rich_problems(_: &Request, response: &mut Response) {
    if response.is_problem() {
        response.edit(|problem| {
            problem["title"] = json!("Das geht so nicht");
            problem["instance"] = json!("/problems/4711");
            problem["status"] = Value::Null;
            problem["errors"] = json!([{"pointer": "#/name", "detail": "…"}]);
            problem["help"] = json!({"href": "https://registry.example/help", "since": 1.5e3});
        });
        response.set_header(
            "Content-Type",
            "Application/Problem+JSON; charset=\"utf-8\"",
        );
        response.set_header("Content-Language", "de");
    } else if response.is_json() {
        response.set_header("Content-Type", "application/json;charset=UTF-8");
    }
}

fn without_validators(_: &Request, response: &mut Response) {
    for name in ["ETag", "Last-Modified", "Accept-Ranges", "Server", "Date"] {
        response.remove_header(name);
    }
}

fn without_optional_members(_: &Request, response: &mut Response) {
    response.edit(|document| {
        if let Some(members) = document.as_object_mut() {
            members.retain(|name, _| !OPTIONAL.contains(&name.as_str()));
        }
    });
}

fn with_null_members(_: &Request, response: &mut Response) {
    if !response.is_problem() {
        response.edit(|document| {
            if let Some(members) = document.as_object_mut()
                && members.contains_key("status")
            {
                for name in OPTIONAL.iter().chain(&["uploadUrl", "error"]) {
                    members.entry(*name).or_insert(Value::Null);
                }
            }
        });
    }
}

/// References spelled anew from what they resolve to.
fn respell(request: &Request, response: &mut Response, spell: fn(&Url, &Url) -> Option<String>) {
    let host = request.header("host").unwrap_or("127.0.0.1");
    let Ok(base) = Url::parse(&format!("http://{host}{}", request.target)) else {
        return;
    };
    let respelled = |reference: &str| spell(&base, &base.join(reference).ok()?);
    if let Some(location) = response.header("location").and_then(respelled) {
        response.set_header("location", location);
    }
    if !response.is_problem() {
        response.edit(|document| {
            if let Some(url) = document["uploadUrl"].as_str().and_then(respelled) {
                document["uploadUrl"] = json!(url);
            }
        });
    }
}

fn with_absolute_references(request: &Request, response: &mut Response) {
    respell(request, response, |_, url| Some(url.to_string()));
}

fn with_absolute_paths(request: &Request, response: &mut Response) {
    respell(request, response, |_, url| {
        Some(url[url::Position::BeforePath..].to_owned())
    });
}

fn with_network_paths(request: &Request, response: &mut Response) {
    respell(request, response, |_, url| {
        Some(url[url::Position::BeforeHost..].to_owned()).map(|rest| format!("//{rest}"))
    });
}

fn with_relative_references(request: &Request, response: &mut Response) {
    respell(request, response, |base, url| {
        // A first segment with a colon would be read as a scheme.
        base.make_relative(url)
            .filter(|text| !text.is_empty())
            .map(|text| match text.strip_prefix("../") {
                Some(_) => text,
                None => format!("./{text}"),
            })
    });
}

fn with_other_header_names(_: &Request, response: &mut Response) {
    for (index, (name, _)) in response.headers.iter_mut().enumerate() {
        *name = if index % 2 == 0 {
            name.to_ascii_uppercase()
        } else {
            name.to_ascii_lowercase()
        };
    }
    response.reason.clear();
}

fn with_many_headers(_: &Request, response: &mut Response) {
    for index in 0..20 {
        response
            .headers
            .push((format!("X-Trace-{index}"), "0123456789abcdef".repeat(8)));
    }
    for cookie in ["session=1; Path=/; HttpOnly", "lb=a; Secure; SameSite=Lax"] {
        response
            .headers
            .push(("Set-Cookie".to_owned(), cookie.to_owned()));
    }
    response.set_header("Strict-Transport-Security", "max-age=31536000");
    response.set_header("Vary", "Accept, Authorization");
    response.set_header("Via", "1.1 edge, 1.0 \"inner\"");
    if response.status == 401 {
        response.set_header(
            "WWW-Authenticate",
            "Basic realm=\"registry\", charset=\"UTF-8\", Bearer realm=\"registry\", scope=\"a b\"",
        );
    }
}

fn after_interim_responses(_: &Request, response: &mut Response) {
    response.interim = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
}

/// JSON by another serializer: white space, escapes, members the other way round.
fn with_other_json(_: &Request, response: &mut Response) {
    if response.is_json()
        && let Ok(document) = serde_json::from_slice::<Value>(&response.body)
    {
        let mut text = String::from("\r\n\t ");
        spell_json(&document, &mut text);
        text.push('\n');
        response.body = text.into_bytes();
    }
}

fn spell_json(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            text.push_str("{\n");
            for (index, (name, value)) in members.iter().rev().enumerate() {
                text.push_str(if index == 0 { "  " } else { " ,\n  " });
                spell_text(name, text);
                text.push_str(" :\t");
                spell_json(value, text);
            }
            text.push_str("\n}");
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { " " } else { " , " });
                spell_json(item, text);
            }
            text.push_str(" ]");
        }
        Value::String(content) => spell_text(content, text),
        Value::Number(number) if number.as_u64().is_some_and(|n| n < 1 << 53) => {
            text.push_str(&format!("{number}.0"));
        }
        other => text.push_str(&other.to_string()),
    }
}

/// Slashes and everything beyond ASCII escaped, as PHP does.
fn spell_text(content: &str, text: &mut String) {
    let quoted = Value::from(content).to_string();
    for c in quoted.chars() {
        match c {
            '/' => text.push_str("\\/"),
            c if c.is_ascii() => text.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04X}"));
                }
            }
        }
    }
}

fn with_opaque_creators(_: &Request, response: &mut Response) {
    response.edit(|document| {
        if let Some(creator) = document["creator"].as_str() {
            let id: String = creator.bytes().map(|byte| format!("{byte:02x}")).collect();
            document["creator"] = json!(format!("https://id.registry.example/users/{id}?v=1"));
        }
    });
}

fn redirecting_from_status(request: &Request, response: &mut Response) {
    let is_status = matches!(request.method.as_str(), "GET" | "HEAD")
        && request.path().ends_with("/unpublished")
        && response.status == 200;
    let is_published = || {
        serde_json::from_slice::<Value>(&response.body)
            .is_ok_and(|document| document["status"] == "published")
    };
    if is_status && is_published() {
        let release = request.path().trim_end_matches("/unpublished").to_owned();
        response.empty(303);
        response.set_header("Location", release);
    }
}

fn is_upload(request: &Request) -> bool {
    let path = request.path();
    request.method == "POST" && !path.contains("/components/") && !path.ends_with("/releases")
}

fn with_quiet_success(request: &Request, response: &mut Response) {
    let is_success = (200..300).contains(&response.status);
    if is_success && (is_upload(request) || request.method == "DELETE") {
        response.empty(204);
    }
}

fn with_loud_success(request: &Request, response: &mut Response) {
    if !(200..300).contains(&response.status) {
        return;
    }
    if is_upload(request) || request.method == "DELETE" {
        response.empty(202);
        response.has_body = true;
        response.body = b"<p>thank you</p>".to_vec();
        response.set_header("Content-Type", "text/html; charset=utf-8");
    } else if request.path().ends_with("/content-sources") {
        response.status = 201;
        response.set_header("Location", request.path());
    }
}

fn with_gzip_where_asked(request: &Request, response: &mut Response) {
    let is_asked = request
        .header("accept-encoding")
        .is_some_and(|codings| codings.contains("gzip"));
    if is_asked && response.has_body {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&response.body).unwrap();
        response.body = encoder.finish().unwrap();
        response.set_header("Content-Encoding", "gzip");
    }
    response.set_header("Vary", "Accept-Encoding");
}

/// 400 for all that can be told at once; the exact status is only what should be.
fn with_one_status_for_bad_requests(_: &Request, response: &mut Response) {
    if response.status == 422 {
        response.status = 400;
        response.edit(|problem| problem["status"] = json!(400));
    }
}

variations! {
    closing => speaks(closes).about(&["hostile/framing", "upload/"]);
    http_1_0 => speaks(as_http_1_0).about(&["release/", "upload/"]);
    chunked => speaks(in_chunks).about(&["release/"]);
    bare_problems => speaks(with_bare_problems).about(&["errors/", "sources/"]);
    rich_problems => speaks(with_rich_problems).about(&["errors/"]);
    no_validators => speaks(without_validators).about(&["release/"]);
    no_optional_members => speaks(without_optional_members).about(&["create/", "async/"]);
    null_members => speaks(with_null_members).about(&["create/", "async/"]);
    absolute_references => speaks(with_absolute_references).about(&["create/"]);
    absolute_paths => speaks(with_absolute_paths).about(&["create/"]);
    network_paths => speaks(with_network_paths).about(&["create/"]);
    relative_references => speaks(with_relative_references).about(&["create/"]);
    other_header_names => speaks(with_other_header_names).about(&["errors/"]);
    many_headers => speaks(with_many_headers).about(&["access/"]);
    interim_responses => speaks(after_interim_responses).about(&["upload/"]);
    other_json => speaks(with_other_json).about(&["create/", "signature/"]);
    opaque_creators => speaks(with_opaque_creators).about(&["create/", "access/"]);
    status_redirects => speaks(redirecting_from_status).about(&["publish/", "async/"]);
    status_redirects_delayed => speaks(redirecting_from_status)
        .mock(|config| config.processing = mock_registry::config::ProcessingMode::Polls(2))
        .declares("async", true)
        .about(&["publish/", "async/"]);
    quiet_success => speaks(with_quiet_success).about(&["upload/", "cancel"]);
    loud_success => speaks(with_loud_success).about(&["upload/", "cancel", "sources/"]);
    gzip_where_asked => speaks(with_gzip_where_asked);
    one_status_for_bad_requests => speaks(with_one_status_for_bad_requests)
        .warns()
        .about(&["create/refuses"]);
}
