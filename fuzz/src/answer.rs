//! Answers of a registry in the hands of the harness: redacted, rendered, judged.

use std::{
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use registry_conformance::{
    check::{implied, schema},
    credentials::{Credentials, Secret},
    jws::{KeySet, verify},
    outcome::Mismatch,
    report::safe,
    target::{ProblemTypes, Target},
    wire::{
        Answer, Body, Exchange, Redactor, RequestRecord,
        render::{BodyLimit, curl, http_text, to_report},
        retry_after,
    },
};
use serde_json::Value;
use url::Url;

use super::text::assert_shows_safely;

/// What must hold of an answer, by the document that it has to be.
type Judge = fn(&Answer) -> Vec<Mismatch>;

/// Secrets with all that makes one hard to find again.
const SECRETS: [(&str, &str); 4] = [
    ("TOKEN_OWNER", "s3cr3t-t0k3n"),
    ("TOKEN_OTHER", "p/w+d=%41 \"q\"\\"),
    ("PASSWORD", "gehe\u{ef}m-\u{1f511}-\u{e4}"),
    ("KEY", "abcabcabcabcabc"),
];

static KEYS: LazyLock<KeySet> = LazyLock::new(KeySet::built_in);

/// As a run has it: its pattern is made once, and costs more than all that is done with an answer.
static REDACTOR: LazyLock<Redactor> =
    LazyLock::new(|| Redactor::new(SECRETS.map(|(label, value)| Secret::new(label, value))));

/// Takes an answer, written as on the wire, with a secret put into it. The first three octets say which secret, in which form, and
/// where.
///
/// # Panics
///
/// When the secret is in anything that is shown; when what is shown steers a terminal or the reader of a log; when `Retry-After` is not
/// read as RFC 9110 has it; or when a document counts as one of the API whose schema it does not satisfy.
pub fn run(data: &[u8]) {
    let [which, form, place, octets @ ..] = data else {
        return;
    };
    let (label, value) = SECRETS[usize::from(*which) % SECRETS.len()];
    let hidden = form_of(value, *form, octets);
    let answer = answer(octets, *place, &hidden);
    let redactor = &*REDACTOR;
    let exchange = exchange(Ok(answer), label, value);
    let answer = exchange.answered().expect("it has one");

    let text = http_text(&exchange, redactor, BodyLimit::default());
    let line = curl(&exchange, redactor);
    let report = to_report(&exchange, redactor).to_value();
    assert_shows_safely(&text);
    assert_shows_safely(&line);
    for shown in [&text, &line, &report.to_string()] {
        assert!(!holds(shown.as_bytes(), &hidden), "{hidden:?} in {shown}");
        assert!(!holds(shown.as_bytes(), value), "{value:?} in {shown}");
    }
    assert!(!holds(&redactor.bytes(&answer.body), &hidden));
    if let Ok(document) = answer.json() {
        let shown = redactor.json(document).to_string();
        assert!(!holds(shown.as_bytes(), &hidden), "{hidden:?} in {shown}");
    }

    for text in [&text, &String::from_utf8_lossy(&answer.body).into_owned()] {
        let printed = safe(text);
        assert_shows_safely(&printed);
        assert_eq!(safe(&printed), printed, "twice is not once");
        let is_command = |line: &str| line.trim_start().starts_with("::");
        assert!(!printed.lines().any(is_command), "{printed}");
    }
    waits(answer);
    judged(&exchange, answer, redactor);
}

/// The secret as a registry may send it back.
fn form_of(value: &str, form: u8, around: &[u8]) -> String {
    let quoted = Value::from(value).to_string();
    match form % 8 {
        0 => value.to_owned(),
        1 => utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
        2 => quoted[1..quoted.len() - 1].to_owned(),
        3 => hex::encode(value),
        4 => value.to_ascii_uppercase(),
        // With something before it, as in `Basic`, which moves it by a third of a character or two.
        5 => STANDARD.encode([&around[..around.len().min(2)], value.as_bytes()].concat()),
        6 => URL_SAFE_NO_PAD.encode([value.as_bytes(), around].concat()),
        _ => {
            let octets: Vec<String> = value.bytes().map(|octet| format!("%{octet:02x}")).collect();
            octets.concat()
        }
    }
}

/// Whether the octets hold a text, whatever the case of its letters.
fn holds(octets: &[u8], text: &str) -> bool {
    octets
        .windows(text.len().max(1))
        .any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

/// What the octets say: a status, header fields and a body; the secret is put into one of them.
fn answer(octets: &[u8], place: u8, hidden: &str) -> Answer {
    let end = octets
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .unwrap_or(octets.len());
    let head = String::from_utf8_lossy(&octets[..end]);
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let (status, reason) = first.split_once(' ').unwrap_or((first, ""));
    let mut answer = Answer {
        status: status.parse().unwrap_or(200),
        reason: reason.to_owned(),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
            .collect(),
        body: octets.get(end + 2..).unwrap_or_default().to_vec().into(),
        complete: place < 128,
        ..Answer::default()
    };
    match place % 4 {
        0 => answer.reason.push_str(hidden),
        1 => answer.headers.push(("X-Echo".to_owned(), hidden.into())),
        2 => answer.headers.push((hidden.to_owned(), b"echo".to_vec())),
        _ => {
            let mut body = answer.body.to_vec();
            // Between characters, so that a text stays one.
            let at = (0..=usize::from(place).min(body.len()))
                .rev()
                .find(|at| std::str::from_utf8(&body[..*at]).is_ok())
                .unwrap_or_default();
            body.splice(at..at, hidden.bytes());
            answer.body = body.into();
        }
    }
    answer
}

fn exchange(
    answer: Result<Answer, registry_conformance::wire::WireError>,
    label: &str,
    value: &str,
) -> Exchange {
    let token = Secret::new(label, value);
    Exchange {
        name: "create".to_owned(),
        request: RequestRecord {
            method: "POST".to_owned(),
            url: Url::parse("http://127.0.0.1/releases").expect("a URL"),
            target: None,
            headers: vec![("Content-Type".to_owned(), b"application/json".to_vec())],
            credentials: Some(Arc::new(Credentials::bearer("owner", token))),
            body: Body::Bytes(b"{}".to_vec().into()),
            raw: None,
        },
        answer,
        started: Duration::ZERO,
        duration: Duration::ZERO,
        retries: 0,
        gave_up: false,
    }
}

/// `Retry-After` is digits alone, or a date (RFC 9110, section 10.2.3).
fn waits(answer: &Answer) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let wait = retry_after(answer, now);
    let Some(value) = answer.header("retry-after") else {
        assert_eq!(wait, None);
        return;
    };
    let value = value.trim();
    if !value.is_empty() && value.chars().all(|digit| digit.is_ascii_digit()) {
        let expected = value.parse().map(Duration::from_secs);
        let is_huge = wait.is_some_and(|wait| wait.as_secs() >= u64::from(u32::MAX));
        assert!(wait == expected.clone().ok() || expected.is_err() && is_huge);
    } else {
        assert_eq!(
            wait.is_some(),
            httpdate::parse_http_date(value).is_ok(),
            "{value}"
        );
    }
}

fn judged(exchange: &Exchange, answer: &Answer, redactor: &Redactor) {
    let shows = |octets: &[u8]| redactor.finds(octets, "TOKEN");
    let target = Target::with_defaults(Url::parse("http://127.0.0.1/").expect("a URL"));
    let types: &ProblemTypes = &target.problems;
    for scope in [
        implied::Scope::Api,
        implied::Scope::BrokenHttp,
        implied::Scope::Elsewhere,
    ] {
        let found = implied::general(exchange, scope, types, &shows);
        let is_broken =
            (500..600).contains(&answer.status) && !matches!(answer.status, 501 | 505 | 507);
        assert!(scope == implied::Scope::Elsewhere || !is_broken || !found.is_empty());
    }
    let _ = implied::accepted(answer);
    let judges: [(&str, Judge); 3] = [
        ("unpublished-release", implied::unpublished),
        ("release", implied::release),
        ("content-sources", implied::sources),
    ];
    for (name, judge) in judges {
        let satisfies = answer.json().is_ok_and(|document| {
            schema::problems(name, document).is_some_and(|problems| problems.is_empty())
        });
        assert!(satisfies || !judge(answer).is_empty(), "{name}");
    }
    if let Ok(document) = answer.json() {
        let signature = document.get("releaseSignature").unwrap_or(document);
        if let Ok(verified) = verify(signature, &KEYS) {
            for kid in verified.valid_kids() {
                assert!(KEYS.get(kid).is_some());
            }
        }
    }
}
