//! Reports to be rendered.

use registry_conformance::report::{self, Report};
use serde_json::{Value, json};

/// A report with these rules and cases.
pub(crate) fn report(requirements: &Value, cases: &Value) -> Report {
    let count = |verdict: &str| {
        let cases = cases.as_array().unwrap();
        cases
            .iter()
            .filter(|case| case["verdict"] == verdict)
            .count()
    };
    serde_json::from_value(json!({
        "tool": "registry-conformance",
        "version": "9.9.9",
        "profile": "0.1.0",
        "seed": 42,
        "target": {"registry": "https://registry.example/base/"},
        "started": "2026-11-23T06:17:12.5Z",
        "duration_ms": 61_234,
        "summary": {
            "pass": count("pass"), "fail": count("fail"), "warn": count("warn"), "skip": count("skip"), "error": count("error"),
            "known_failure": count("known-failure"), "unexpected_pass": count("unexpected-pass"),
        },
        "capabilities": {"declared": {"upload": "seen", "jws.ed25519": ["EdDSA"]}, "seen": {"upload": true}},
        "requirements": requirements,
        "cases": cases,
    }))
    .unwrap()
}

/// A case without exchanges.
pub(crate) fn case(id: &str, verdict: &str) -> Value {
    json!({
        "id": id,
        "summary": "Bytes that do not hash to the `sha256` of the manifest never become a release.",
        "level": "must",
        "requirements": ["DIG-2"],
        "failed_requirements": [],
        "verdict": verdict,
        "reason": null,
        "missing_capability": null,
        "file": "cases/digest/refuses.yaml",
        "duration_ms": 12,
        "exchanges": [],
    })
}

/// An exchange with these bodies.
pub(crate) fn exchange(name: &str, at: u64, request: &str, answer: &str) -> Value {
    let body = |text: &str| json!({"octets": text.len(), "text": text});
    json!({
        "name": name,
        "line": 7,
        "request": {
            "method": "POST",
            "url": format!("https://registry.example/base/components/owner.test:{name}/v1.0.0"),
            "headers": [{"name": "Content-Type", "value": "application/json"}, {"name": "Authorization", "value": "Bearer $TOKEN_OWNER"}],
            "body": body(request),
        },
        "response": {
            "status": 201,
            "reason": "Created",
            "headers": [{"name": "content-type", "value": "application/json"}, {"name": "date", "value": "Mon, 23 Nov 2026 06:17:13 GMT"}],
            "body": body(answer),
            "complete": true,
        },
        "curl": format!("curl -i -X POST --data-binary '{request}' 'https://registry.example/base/{name}'"),
        "at_ms": at,
        "duration_ms": 8,
        "not_run": null,
        "mismatches": [],
    })
}

/// The page of a report.
pub(crate) fn page(report: &Report) -> String {
    report::render_html(report, &report::Invocation::default(), false).unwrap()
}

/// A page without what is long and not for people: style sheet, script, policy, packed exchanges.
pub(crate) fn readable(page: &str) -> String {
    let mut text = page.to_owned();
    for (start, end) in [
        ("<style>", "</style>"),
        ("<script type=\"text/plain\" class=\"pack\">", "</script>"),
        ("Content-Security-Policy\" content=\"", "\""),
    ] {
        let mut from = 0;
        while let Some(at) = text[from..].find(start) {
            let begin = from + at + start.len();
            let length = text[begin..].find(end).unwrap();
            text.replace_range(begin..begin + length, "…");
            from = begin;
        }
    }
    let script = text.find("<script id=\"page\"").unwrap();
    let begin = script + text[script..].find('>').unwrap() + 1;
    let end = text.rfind("</script>").unwrap();
    text.replace_range(begin..end, "…");
    text
}

/// What is packed into a page, case after case.
pub(crate) fn unpacked(page: &str) -> Vec<Value> {
    use base64::Engine as _;
    page.split("<script type=\"text/plain\" class=\"pack\">")
        .skip(1)
        .flat_map(|rest| {
            let packed = rest.split("</script>").next().unwrap();
            let packed = base64::engine::general_purpose::STANDARD
                .decode(packed)
                .unwrap();
            let cases: Vec<Value> =
                serde_json::from_reader(flate2::read::DeflateDecoder::new(packed.as_slice()))
                    .unwrap();
            cases
        })
        .collect()
}
