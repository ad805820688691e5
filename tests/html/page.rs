//! Pages of reports that are made here.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::hostile::TEXTS;
use crate::reports::{case, exchange, page, readable, report, unpacked};

pub(crate) fn failed() -> Value {
    let mut failed = case("digest/refuses-mismatched-upload[one-byte]", "fail");
    failed["failed_requirements"] = json!(["DIG-2", "REL-5"]);
    failed["reason"] = json!("DIG-2: was not refused: expected a refusal, was published");
    let mut publish = exchange("publish", 20, "{}", r#"{"status":"published","size":1.0}"#);
    publish["mismatches"] = json!([
        {"requirement": "DIG-2", "level": "must", "message": "was not refused", "expected": "a refusal: digest-mismatch (422)", "actual": "published"},
        {"requirement": "REL-5", "level": "should", "message": "header field Cache-Control", "expected": null, "actual": null},
    ]);
    failed["exchanges"] = json!([exchange("create", 2, "{}", "{}"), publish]);
    failed
}

pub(crate) fn rules() -> Value {
    json!([
        {"id": "CRE-1", "level": "must", "verdict": "pass", "cases": ["create/naked"]},
        {"id": "DIG-2", "level": "must", "verdict": "fail", "cases": ["digest/refuses-mismatched-upload[one-byte]"]},
        {"id": "REL-5", "level": "should", "verdict": "warn", "cases": ["digest/refuses-mismatched-upload[one-byte]"]},
    ])
}

#[test]
fn a_small_report_reads_as_it_should() {
    let mut skipped = case("digest/sha512", "skip");
    skipped["reason"] = json!("needs digest.sha512");
    let report = report(
        &rules(),
        &json!([case("create/naked", "pass"), failed(), skipped]),
    );
    insta::assert_snapshot!(readable(&page(&report)));
}

#[test]
fn a_client_report_shows_what_was_asked() {
    let mut judged = case("client/publish/retries[late]", "pass");
    judged["clients"] = json!([{
        "name": "client", "operation": "publish", "asked": {"name": "owner.test:x", "deadline": "20s"}, "ending": "exit 0", "is_done": true,
        "at_ms": 3, "duration_ms": 40, "stdout": "done", "stderr": "",
    }]);
    judged["told"] = json!([{"inject": [{"operation": "create", "fault": {"status": 503}}]}]);
    judged["exchanges"] = json!([exchange("client", 10, "{}", "{}")]);
    let mut report = report(&json!([]), &json!([judged]));
    report.target = json!({"client": ["python3", "client.py"]});
    let page = page(&report);
    for expected in [
        "Asked: publish",
        "<dt>deadline</dt><dd><code>20s</code></dd>",
        "&#34;status&#34;:503",
        "<code>python3 client.py</code>",
        "#area=client%2Fpublish",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(unpacked(&page)[0]["clients"][0]["ending"], "exit 0");
}

/// Whatever text, wherever it stands: it stays text.
#[test]
fn no_text_becomes_markup() {
    for text in TEXTS.iter().copied() {
        let mut case = failed();
        case["id"] = json!(format!("area/{text}"));
        for member in ["summary", "reason", "file"] {
            case[member] = json!(text);
        }
        case["requirements"] = json!([text]);
        case["failed_requirements"] = json!([text]);
        for exchange in case["exchanges"].as_array_mut().unwrap() {
            exchange["name"] = json!(text);
            exchange["curl"] = json!(text);
            exchange["fault"] = json!({"kind": text});
            exchange["request"]["url"] = json!(text);
            exchange["request"]["method"] = json!(text);
            exchange["response"]["reason"] = json!(text);
            exchange["response"]["headers"] = json!([{"name": text, "value": text}]);
            exchange["response"]["body"]["text"] = json!(text);
            for mismatch in exchange["mismatches"].as_array_mut().unwrap() {
                for member in ["requirement", "message", "expected", "actual"] {
                    mismatch[member] = json!(text);
                }
            }
        }
        case["clients"] = json!([{
            "name": text, "operation": text, "asked": {text: text}, "ending": text, "is_done": true, "at_ms": 0, "duration_ms": 0, "stdout": text, "stderr": text,
        }]);
        case["told"] = json!([{text: text}]);
        let rule = json!({"id": text, "level": "must", "verdict": "fail", "cases": [case["id"]]});
        let mut hostile = report(&json!([rule]), &json!([case]));
        hostile.target = json!({"registry": text, text: text});
        hostile.started = text.to_owned();
        hostile.tool = text.to_owned();
        hostile
            .capabilities
            .declared
            .insert(text.to_owned(), json!(text));
        hostile
            .capabilities
            .seen
            .insert(text.to_owned(), json!(text));

        let shown = readable(&page(&hostile));
        for tag in [
            "<script", "</script", "<img", "<svg", "<iframe", "<a ", "<style", "<!--",
        ] {
            let most = match tag {
                // The page's own: exchanges and script.
                "<script" | "</script" => 2,
                "<style" => 1,
                "<svg" | "<a " => usize::MAX,
                _ => 0,
            };
            assert!(shown.matches(tag).count() <= most, "{tag} of {text:?}");
        }
        assert!(!shown.contains("onerror=\"") && !shown.contains("onload=\""));
        // Addresses are within the page.
        for address in shown.split("href=\"").skip(1) {
            assert!(address.starts_with('#'), "{}", &address[..20]);
        }
        for steering in ['\u{1b}', '\u{202e}', '\u{2028}', '\u{2066}', '\0'] {
            assert!(!shown.contains(steering), "{steering:?} of {text:?}");
        }
    }
}

#[test]
fn style_and_script_are_allowed_by_their_hashes_alone() {
    use base64::Engine as _;
    let page = page(&report(&rules(), &json!([failed()])));
    let style = page
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    let script = page.split("<script id=\"page\"").nth(1).unwrap();
    let script = &script[script.find('>').unwrap() + 1..script.rfind("</script>").unwrap()];
    let policy = page
        .split("Content-Security-Policy\" content=\"")
        .nth(1)
        .unwrap();
    let policy = policy.split('"').next().unwrap().replace("&#39;", "'");
    for (name, text) in [("style-src", style), ("script-src", script)] {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
        assert!(
            policy.contains(&format!("{name} 'sha256-{hash}'")),
            "{policy}"
        );
    }
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
    assert!(!page.contains(" style=") && !page.contains(" onclick="));
}
