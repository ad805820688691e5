//! A must can not hide behind a skip: what a target declares and the registry has not is a failure, for every capability.

use std::collections::BTreeSet;

use futures::{StreamExt, future};
use mock_registry::config::{BadMirror, DigestForm, ProcessingMode, Verification};
use mock_registry::identity::{Identities, Identity, Role};
use registry_conformance::case::Case;
use registry_conformance::outcome::Verdict;
use registry_conformance::plan::Slow;
use registry_conformance::target::CAPABILITIES;
use serde_json::json;

use crate::judge::{cases, concerns, run};
use crate::setup::Variation;

/// Files that are tried for a capability, where an area has more.
const FILES: usize = 16;

/// Registries at the same time; most of the time goes into waiting for what never comes.
const AT_ONCE: usize = 8;

/// A capability, the rule that its absence breaks, and a registry that has it not although the target says so.
struct Row {
    capability: &'static str,
    rule: &'static str,
    /// Part of the ids of the cases that are tried.
    area: &'static str,
    variation: Variation,
}

fn row(
    capability: &'static str,
    rule: &'static str,
    area: &'static str,
    variation: Variation,
) -> Row {
    Row {
        capability,
        rule,
        area,
        variation,
    }
}

/// The conformance suite's identities, a private namespace that is none, and a manifest-reader who reads all.
fn open_identities() -> Identities {
    let identity = |name: &str, role, namespaces: &[&str]| Identity {
        name: name.to_owned(),
        token: format!("conformance-{name}"),
        role,
        namespaces: namespaces.iter().map(ToString::to_string).collect(),
    };
    Identities::new([
        identity(
            "owner",
            Role::Publisher,
            &["conformance-owner.test", "conformance-private.test"],
        ),
        identity("other", Role::Publisher, &["conformance-other.test"]),
        identity("reader", Role::Reader, &[]),
        identity("manifest-reader", Role::Reader, &[]),
    ])
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn rows() -> Vec<Row> {
    let new = || Variation::new().deadlines("2s");
    vec![
        row(
            "upload",
            "UPL-1",
            "upload/",
            new().mock(|config| config.uploads = false),
        ),
        row(
            "upload.chunked",
            "UPL-2",
            "upload/",
            new().mock(|config| config.chunked_uploads = false),
        ),
        row(
            "sources",
            "SRC-1",
            "sources/",
            new().mock(|config| config.sources = false),
        ),
        row(
            "sources.schemes",
            "SRC-1",
            "sources/",
            new()
                .mock(|config| config.source_schemes = vec!["http".to_owned()])
                .target("origin", json!({"tls": true})),
        ),
        // Content hosts over http show nothing of it.
        row(
            "sources.schemes",
            "SRC-1",
            "takes-every-declared-scheme[https",
            new().mock(|config| config.source_schemes = vec!["http".to_owned()]),
        ),
        row(
            "sources.schemes",
            "SRC-1",
            "takes-every-declared-scheme[ipfs",
            new().declares("sources.schemes", json!(["http", "https", "ipfs"])),
        ),
        row(
            "sources.bad-mirror",
            "SRC-5",
            "mirror",
            new().mock(|config| config.bad_mirror = BadMirror::Drop),
        ),
        row(
            "sources.bad-mirror",
            "SRC-5",
            "mirror",
            new().declares("sources.bad-mirror", "drop"),
        ),
        row(
            "sources.replace",
            "SRC-19",
            "replac",
            new().mock(|config| config.replace_sources = false),
        ),
        row(
            "sources.credentials",
            "SRC-16",
            "sources/uses-",
            new().mock(|config| config.source_credentials = false),
        ),
        row(
            "sources.recheck",
            "SRC-17",
            "sources/",
            new().mock(|config| config.recheck_sources = false),
        ),
        row(
            "sources.max",
            "SRC-18",
            "sources-than-declared",
            new().declares("sources.max", 4),
        ),
        row(
            "sources.max",
            "SRC-18",
            "sources-than-declared",
            new()
                .declares("sources.max", 4)
                .mock(|config| config.max_sources = Some(3)),
        ),
        row(
            "sources.private",
            "SRC-15",
            "sources/",
            new().declares("sources.private", "refused"),
        ),
        row(
            "sources.private",
            "SRC-15",
            "sources/",
            new().mock(|config| {
                config.deny_private_sources = true;
                config.allow_sources.clear();
            }),
        ),
        row(
            "verification",
            "DIG-2",
            "digest/",
            new().mock(|config| config.verification = Verification::None),
        ),
        row(
            "verification",
            "SRC-6",
            "sources/",
            new().mock(|config| config.verification = Verification::Uploads),
        ),
        row(
            "digest.form",
            "DIG-1",
            "digest/",
            new().mock(|config| config.digest_form = DigestForm::Raw),
        ),
        row(
            "digest.form",
            "DIG-1",
            "digest/",
            new().declares("digest.form", "raw"),
        ),
        row(
            "digest.sha512",
            "DIG-9",
            "digest/",
            new().mock(|config| config.sha512 = false),
        ),
        row(
            "create.signed",
            "CRE-2",
            "create/",
            new().mock(|config| config.signed_create = false),
        ),
        row(
            "jws.ed25519",
            "SIG-1",
            "signature/",
            new().mock(|config| config.ed25519_names = vec!["EdDSA".to_owned()]),
        ),
        row(
            "version.build",
            "CRE-15",
            "create/",
            new().mock(|config| config.version_build = false),
        ),
        row("async", "ASY-1", "async/", new().declares("async", true)),
        // Beside the cases that are about publishes at once.
        row(
            "async",
            "PUB-1",
            "sources/publishes",
            new().mock(|config| config.processing = ProcessingMode::Polls(1)),
        ),
        row(
            "expiry",
            "PUB-9",
            "publish/",
            new().expires("1s").mock(|config| config.expiry = None),
        ),
        row(
            "cancel",
            "PUB-10",
            "publish/",
            new().mock(|config| config.cancel = false),
        ),
        row(
            "access.hides",
            "ACC-2",
            "access/",
            new().declares("access.hides", true),
        ),
        row(
            "access.hides",
            "ACC-2",
            "access/",
            new().mock(|config| config.hides = true),
        ),
        row(
            "access.private",
            "ACC-7",
            "access/",
            new().mock(|config| {
                config.private_namespace = None;
                config.identities = open_identities();
            }),
        ),
        row(
            "access.separate",
            "ACC-8",
            "access/",
            new().mock(|config| config.identities = open_identities()),
        ),
        row(
            "assets.tar",
            "IDX-1",
            "assets/",
            new().mock(|config| config.tar = false),
        ),
        row(
            "assets.per-entry",
            "IDX-7",
            "assets/",
            new().mock(|config| config.per_entry_sources = false),
        ),
        row(
            "validates.component",
            "DIG-10",
            "digest/",
            new().mock(|config| config.validate_components = false),
        ),
    ]
}

/// One case of each file of an area, those first that need the capability or treat registries differently by it.
fn about(capability: &str, area: &str) -> Vec<Case> {
    let mut files = BTreeSet::new();
    let mut chosen: Vec<&Case> = cases()
        .iter()
        .filter(|case| case.id.contains(area))
        .filter(|case| files.insert(case.id.split('[').next().unwrap_or_default()))
        .collect();
    chosen.sort_by_key(|case| !concerns(case, capability));
    chosen.into_iter().take(FILES).cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_declared_and_not_there_is_a_failure() {
    let complaints: Vec<String> = futures::stream::iter(rows())
        .map(complaint)
        .buffer_unordered(AT_ONCE)
        .filter_map(future::ready)
        .collect()
        .await;
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// What is wrong with what a run says about a registry.
async fn complaint(row: Row) -> Option<String> {
    let Row {
        capability,
        rule,
        area,
        variation,
    } = row;
    let running = variation.start(1).await;
    let outcomes = run(&running, &about(capability, area), Slow::Included).await;
    let failed: BTreeSet<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Fail)
        .flat_map(|outcome| outcome.failed_requirements.iter().map(String::as_str))
        .collect();
    let errors: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Error)
        .map(|outcome| outcome.id.as_str())
        .collect();
    let is_told = failed.contains(rule) && errors.is_empty();
    (!is_told).then(|| {
        format!(
            "{capability}: {rule} is not among {failed:?}, of {} cases; errors: {errors:?}",
            outcomes.len()
        )
    })
}

#[test]
fn every_capability_has_a_row() {
    let with_row: BTreeSet<&str> = rows().iter().map(|row| row.capability).collect();
    let all: BTreeSet<&str> = CAPABILITIES.iter().map(|row| row.name).collect();
    assert_eq!(with_row, all);
}
