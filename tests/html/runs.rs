//! Reports of runs, opened in a browser.

use std::path::Path;
use std::process::Command;

use crate::hostile::{MARK, serve, write_case};
use crate::{browser, reports};

/// Runs cases against the bundled mock.
fn run(cases: &Path, report: &Path) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars() {
        if name.starts_with("REGISTRY_CONFORMANCE_") || name == "GITHUB_STEP_SUMMARY" {
            command.env_remove(name);
        }
    }
    let output = command
        .arg("--cases")
        .arg(cases)
        .args(["--seed", "1", "--report"])
        .arg(format!("html={}", report.display()))
        .output()
        .unwrap();
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    output.status.code()
}

/// Whether a script of a registry's ran.
fn is_owned(document: &str) -> bool {
    let root = document.split("<html").nth(1).unwrap_or_default();
    root.split('>').next().unwrap_or_default().contains(MARK)
}

#[test]
fn a_hostile_registry_runs_nothing_in_the_report_and_does_not_make_it_large() {
    let folder = tempfile::tempdir().unwrap();
    let cases = folder.path().join("cases");
    let (id, answers) = write_case(&cases, serve());
    let report = folder.path().join("report.html");
    assert_eq!(run(&cases, &report), Some(1));
    let page = std::fs::read_to_string(&report).unwrap();
    assert!(page.len() < 300_000, "{}", page.len());
    let details = reports::unpacked(&page);
    let exchanges = details[0]["exchanges"].as_array().unwrap();
    assert_eq!(exchanges.len(), answers);
    for exchange in exchanges {
        assert!(exchange["status"].is_u64(), "{exchange}");
        assert!(!exchange["broken"].as_array().unwrap().is_empty());
    }

    let Some(browser) = browser::find() else {
        return;
    };
    // What the browser does where nothing keeps it from it, or the rest would prove nothing.
    let careless = folder.path().join("careless.html");
    let attack =
        format!("<img src=x onerror=\"document.documentElement.setAttribute('{MARK}','')\">");
    std::fs::write(&careless, format!("<!doctype html><html><body>{attack}")).unwrap();
    assert!(is_owned(&browser::document(&browser, &careless, "")));
    // Even markup that had got into the page would run nothing.
    let broken_into = folder.path().join("broken-into.html");
    let script = format!("<script>document.documentElement.setAttribute('{MARK}','')</script>");
    std::fs::write(
        &broken_into,
        page.replace("</main>", &format!("{attack}{script}</main>")),
    )
    .unwrap();
    assert!(!is_owned(&browser::document(&browser, &broken_into, "")));

    let document = browser::document(&browser, &report, &format!("case={id}"));
    assert!(!is_owned(&document));
    // The page's own script ran, and shows the answers as text.
    assert_eq!(document.matches("<h5>Answer</h5>").count(), answers);
    assert!(!document.contains("<img") && !document.contains("<iframe"));
}

#[test]
fn an_address_opens_a_case_or_filters_the_list() {
    let Some(browser) = browser::find() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut failed = reports::case("digest/refuses[a+b]", "fail");
    failed["exchanges"] = serde_json::json!([reports::exchange(
        "create",
        0,
        "{\"n\":1.0}",
        "{\"a\": [true, null, \"x\"]}"
    )]);
    // An exchange with which something is wrong stands open.
    failed["exchanges"][0]["mismatches"] = serde_json::json!([
        {"requirement": "DIG-2", "level": "must", "message": "status", "expected": "422", "actual": "201"},
    ]);
    let cases = serde_json::json!([reports::case("create/naked", "pass"), failed]);
    let file = folder.path().join("report.html");
    std::fs::write(
        &file,
        reports::page(&reports::report(&serde_json::json!([]), &cases)),
    )
    .unwrap();

    let opened = browser::document(&browser, &file, "case=digest%2Frefuses%5Ba%2Bb%5D");
    assert!(opened.contains(
        "id=\"case=digest/refuses[a+b]\" data-area=\"digest\" data-level=\"must\" data-pack=\"0\" data-index=\"0\" open=\"\""
    ));
    assert!(opened.contains("<span class=\"l\">true</span>"));
    // A number that would change by being read stays as it came.
    assert!(opened.contains("<span class=\"n\">1.0</span>"));

    let filtered = browser::document(&browser, &file, "area=create");
    assert!(filtered.contains(">1 of 2 cases<"));
    assert!(filtered.contains(
        "data-area=\"digest\" data-level=\"must\" data-pack=\"0\" data-index=\"0\" hidden=\"\""
    ));
}
