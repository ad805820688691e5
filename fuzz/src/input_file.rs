//! The other files that the harness is given. The first octet says which one it is.

use std::path::Path;

use registry_conformance::{
    compare::{self, Comparison, Named},
    jws::KeySet,
    known_failures::{KnownFailures, KnownFailuresError},
    report::{self, Style},
    target::{Environment, LoadOptions, Target, TargetError, TokenCommands},
};

use super::text::{assert_is_in, assert_shows_safely};

/// Reads a target file (`t`), known failures (`k`), a report (`r`) or a key set (`j`).
///
/// # Panics
///
/// When a mistake is told without its line or without a reason; when a target that was accepted shows a secret of its own; when what is
/// compared with itself has changed, or is shown in a way that steers a terminal; or when a key that was accepted does not verify what
/// it signs.
pub fn run(data: &[u8]) {
    let Some((&kind, octets)) = data.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(octets);
    match kind {
        b't' => target(&text),
        b'k' => known_failures(&text),
        b'r' => report(octets),
        b'j' => key_set(octets),
        _ => {}
    }
}

fn target(text: &str) {
    let options = LoadOptions {
        registry: None,
        token_commands: TokenCommands::Skip,
    };
    let path = Path::new("target.yaml");
    match Target::parse(text, path, &Environment::default(), &options) {
        Ok(target) => {
            let shown = target.redacted_json().to_string();
            for secret in target.secrets() {
                let value = secret.expose();
                // Any other text may stand there by right, as `anonymous` does.
                let is_told_apart = value.contains("secret") && text.matches(value).count() == 1;
                assert!(!is_told_apart || !shown.contains(value), "shown: {shown}");
            }
        }
        Err(TargetError::Invalid { violations, .. }) => {
            assert!(!violations.is_empty(), "refused without a reason");
            for violation in violations {
                assert_is_in(text, violation.position.line, 1);
                assert!(!violation.message.trim().is_empty());
            }
        }
        Err(TargetError::Read { .. }) => {}
    }
}

fn known_failures(text: &str) {
    let ids = ["digest/refuses-mismatched-upload", "create/names[a]"];
    match KnownFailures::parse(text, Path::new("known.yaml")) {
        Ok(known) => {
            let all_match = known.check(&ids);
            let reasons = ids.iter().filter_map(|id| known.reason(id)).count();
            assert!(
                all_match.is_err() || reasons > 0 || known.check(&[]).is_ok(),
                "entries that match without a reason"
            );
        }
        Err(error) => {
            assert!(matches!(error, KnownFailuresError::Malformed { .. }));
            assert!(error.to_string().len() > "failed".len());
        }
    }
}

fn report(octets: &[u8]) {
    let report = match compare::parse(octets, Path::new("report.json")) {
        Ok(report) => report,
        Err(error) => {
            assert_shows_safely(&error.to_string());
            return;
        }
    };
    let write = |report| report::render_json(report).expect("a report can be written");
    let written = write(report.clone());
    let again = compare::parse(written.as_bytes(), Path::new("report.json"));
    let again = again.expect("what was written can be read");
    assert_eq!(write(again.clone()), written, "another report");
    let named = |name: &str| Named {
        name: name.to_owned(),
        report: report.clone(),
    };
    let comparison = Comparison::of(&[named("first"), named("second")]);
    assert!(!comparison.is_regression(true), "worse than itself");
    assert_shows_safely(&compare::render_text(&comparison, true, &Style::plain(80)));
    assert_shows_safely(&compare::render_markdown(&comparison));
    let page = compare::render_html(&comparison).expect("it can be rendered");
    assert_shows_safely(&page);
}

fn key_set(octets: &[u8]) {
    let Ok(document) = serde_json::from_slice(octets) else {
        return;
    };
    let Ok(keys) = KeySet::from_jwks(&document) else {
        return;
    };
    for key in &keys {
        let signature = key.sign(b"message").expect("a key that was accepted signs");
        assert!(key.verifies(b"message", &signature));
        assert!(!key.verifies(b"another", &signature));
        assert!(key.public_jwk().get("d").is_none(), "private");
    }
}
