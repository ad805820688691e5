//! What a target file can declare.

use std::time::Duration;

use mock_registry::Network;
use mock_registry::config::{BadMirror, DigestForm, ProcessingMode, Verification};
use serde_json::{Map, Value, json};

use crate::setup::Variation;
use crate::variations;

/// Where the problem types of a registry of its own begin.
const OWN_PROBLEMS: &str = "https://registry.example/errors/";

fn new() -> Variation {
    Variation::new()
}

fn processes(mode: ProcessingMode) -> Variation {
    new()
        .mock(move |config| config.processing = mode)
        .declares("async", true)
}

fn on_another_origin() -> Network {
    Network {
        upload_url: Some("http://127.0.0.1:0/".to_owned()),
        ..Network::default()
    }
}

fn without_upload() -> Variation {
    new()
        .mock(|config| config.uploads = false)
        .declares("upload", false)
        .declares("upload.chunked", false)
}

fn without_sources() -> Variation {
    ["replace", "credentials", "recheck"]
        .iter()
        .fold(new(), |variation, part| {
            variation.declares(&format!("sources.{part}"), false)
        })
        .mock(|config| config.sources = false)
        .declares("sources", false)
        .declares("assets.per-entry", false)
}

fn at_most(sources: usize) -> Variation {
    new()
        .mock(move |config| config.max_sources = Some(sources))
        .declares("sources.max", sources)
}

fn own_problem_types() -> Value {
    let names = registry_conformance::target::PROBLEM_NAMES;
    let mapped: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), json!(format!("{OWN_PROBLEMS}{name}"))))
        .collect();
    Value::Object(mapped)
}

fn header_identities() -> Value {
    let identity = |name: &str| json!({"headers": {"X-Api-Key": format!("conformance-{name}")}});
    let mut identities = json!({
        "owner": identity("owner"),
        "other": identity("other"),
        "reader": identity("reader"),
        "manifest-reader": identity("manifest-reader"),
    });
    identities["owner"]["namespace"] = json!("conformance-owner.test");
    identities["other"]["namespace"] = json!("conformance-other.test");
    identities
}

fn public_identities() -> Value {
    json!({
        "owner": {"token": "conformance-owner", "namespace": "conformance-owner.test"},
        "other": {"token": "conformance-other", "namespace": "conformance-other.test"},
        "reader": {"token": "conformance-reader"},
    })
}

/// The least that a registry can be: one algorithm, one way to supply content, nothing optional.
fn minimal(with: Variation) -> Variation {
    with.mock(|config| {
        config.sha512 = false;
        config.signed_create = false;
        config.version_build = false;
        config.cancel = false;
        config.tar = false;
        config.per_entry_sources = false;
        config.validate_components = false;
        config.replace_sources = false;
        config.source_credentials = false;
        config.recheck_sources = false;
        config.chunked_uploads = false;
        config.private_namespace = None;
        config.ed25519_names = vec!["EdDSA".to_owned()];
        config.plain = true;
    })
    .declares("upload.chunked", false)
    .declares("digest.sha512", false)
    .declares("create.signed", false)
    .declares("version.build", false)
    .declares("cancel", false)
    .declares("assets.tar", false)
    .declares("assets.per-entry", false)
    .declares("validates.component", false)
    .declares("sources.replace", false)
    .declares("sources.credentials", false)
    .declares("sources.recheck", false)
    .declares("access.private", false)
    .declares("access.separate", false)
    .declares("jws.ed25519", json!(["EdDSA"]))
    .target("private-namespace", Value::Null)
    .target("identities", public_identities())
}

variations! {
    synchronous => new();
    plain => new().mock(|config| config.plain = true);
    delayed => processes(ProcessingMode::Delay(Duration::from_millis(40))).about(&["async/", "publish/"]);
    by_polls => processes(ProcessingMode::Polls(3)).about(&["async/", "publish/"]);
    async_and_upload_seen => processes(ProcessingMode::Polls(1)).declares("async", "seen").declares("upload", "seen");
    synchronous_seen => new().declares("async", "seen").declares("upload", "seen");
    verifies_uploads => new()
        .mock(|config| {
            config.verification = Verification::Uploads;
            config.recheck_sources = false;
        })
        .declares("verification", "uploads")
        .declares("sources.recheck", false)
        .declares("sources.credentials", false);
    verifies_nothing => new()
        .mock(|config| {
            config.verification = Verification::None;
            config.recheck_sources = false;
            config.validate_components = false;
        })
        .declares("verification", "none")
        .declares("sources.recheck", false)
        .declares("sources.credentials", false)
        .declares("validates.component", false);
    raw_digest => new()
        .mock(|config| {
            config.digest_form = DigestForm::Raw;
            config.per_entry_sources = false;
        })
        .declares("digest.form", "raw")
        .declares("assets.per-entry", false)
        .about(&["digest/"]);
    sha256_only => new()
        .mock(|config| config.sha512 = false)
        .declares("digest.sha512", false)
        .about(&["digest/"]);
    no_upload => without_upload().about(&["sources/"]);
    no_upload_delayed => without_upload()
        .mock(|config| config.processing = ProcessingMode::Delay(Duration::from_millis(20)))
        .declares("async", true)
        .about(&["async/"]);
    no_chunked_upload => new()
        .mock(|config| config.chunked_uploads = false)
        .declares("upload.chunked", false)
        .about(&["upload/"]);
    small_content => new()
        .mock(|config| config.max_content = 64 << 10)
        .target("limits", json!({"manifest": "64 KiB", "content": "64 KiB"}))
        .about(&["upload/", "digest/", "publish/concurrent"]);
    no_sources => without_sources().about(&["upload/"]);
    http_sources_only => new()
        .mock(|config| config.source_schemes = vec!["http".to_owned()])
        .declares("sources.schemes", json!(["http"]))
        .about(&["scheme"]);
    https_sources_only => new()
        .mock(|config| config.source_schemes = vec!["https".to_owned()])
        .declares("sources.schemes", json!(["https"]))
        .target("origin", json!({"tls": true}))
        .about(&["sources/"]);
    https_content_hosts => new().target("origin", json!({"tls": true})).about(&["sources/"]);
    bad_mirror_fails => new().about(&["mirror"]);
    bad_mirror_dropped => new()
        .mock(|config| config.bad_mirror = BadMirror::Drop)
        .declares("sources.bad-mirror", "drop")
        .about(&["mirror"]);
    bad_mirror_undeclared => new().declares("sources.bad-mirror", "any").about(&["mirror"]);
    hides => new()
        .mock(|config| config.hides = true)
        .declares("access.hides", true)
        .about(&["access/"]);
    hides_undeclared => new()
        .mock(|config| config.hides = true)
        .declares("access.hides", "any")
        .about(&["access/"]);
    tells_undeclared => new().declares("access.hides", "any").about(&["access/"]);
    private_sources_refused => new()
        .mock(|config| config.deny_private_sources = true)
        .declares("sources.private", "refused")
        .about(&["sources/"]);
    no_signed_create => new()
        .mock(|config| config.signed_create = false)
        .declares("create.signed", false)
        .about(&["signature/"]);
    mapped_paths => new()
        .mock(|config| "v2/packages/new".clone_into(&mut config.create_path))
        .target("paths", json!({"create": "v2/packages/new"}))
        .about(&["create/", "error/"]);
    mapped_problems => new()
        .mock(|config| OWN_PROBLEMS.clone_into(&mut config.problem_type_prefix))
        .target("problems", own_problem_types())
        .about(&["error"]);
    base_path => new()
        .network(Network { base_path: Some("api/registry/v1".to_owned()), ..Network::default() })
        .about(&["hostile/path", "release/"]);
    upload_on_another_origin => new().network(on_another_origin()).about(&["upload/", "access/upload"]);
    upload_on_another_origin_delayed => processes(ProcessingMode::Delay(Duration::from_millis(20)))
        .network(on_another_origin())
        .about(&["upload/", "digest/"]);
    https => new()
        .network(Network { tls: true, ..Network::default() })
        .about(&["hostile/framing", "upload/"]);
    api_key_in_a_header => new()
        .mock(|config| "x-api-key".clone_into(&mut config.auth_header))
        .target("identities", header_identities())
        .about(&["access/"]);
    no_anonymous_reading => new()
        .mock(|config| config.anonymous_reads = false)
        .target("read-as", json!("reader"))
        .about(&["access/", "release/"]);
    no_anonymous_reading_hides => new()
        .mock(|config| {
            config.anonymous_reads = false;
            config.hides = true;
        })
        .declares("access.hides", true)
        .target("read-as", json!("reader"))
        .about(&["access/", "release/"]);
    at_most_two_sources => at_most(2).about(&["sources/", "mirror"]);
    at_most_three_sources => at_most(3).about(&["sources/", "mirror"]);
    one_source => at_most(1).about(&["sources/", "mirror"]);
    no_source_credentials => new()
        .mock(|config| config.source_credentials = false)
        .declares("sources.credentials", false);
    ed25519_alone => new()
        .mock(|config| config.ed25519_names = vec!["Ed25519".to_owned()])
        .declares("jws.ed25519", json!(["Ed25519"]))
        .about(&["signature/"]);
    eddsa_alone => new()
        .mock(|config| config.ed25519_names = vec!["EdDSA".to_owned()])
        .declares("jws.ed25519", json!(["EdDSA"]))
        .about(&["signature/"]);
    expires => new().expires("10s");
    no_cancel => new().mock(|config| config.cancel = false).declares("cancel", false);
    no_build_metadata => new()
        .mock(|config| config.version_build = false)
        .declares("version.build", false)
        .about(&["version"]);
    no_assets => new()
        .mock(|config| {
            config.tar = false;
            config.per_entry_sources = false;
        })
        .declares("assets.tar", false)
        .declares("assets.per-entry", false);
    no_per_entry_sources => new()
        .mock(|config| config.per_entry_sources = false)
        .declares("assets.per-entry", false)
        .about(&["assets/"]);
    no_replacing => new()
        .mock(|config| config.replace_sources = false)
        .declares("sources.replace", false);
    no_recheck => new()
        .mock(|config| config.recheck_sources = false)
        .declares("sources.recheck", false);
    any_bytes => new()
        .mock(|config| config.validate_components = false)
        .declares("validates.component", false)
        .about(&["digest/"]);
    nothing_private => new()
        .mock(|config| config.private_namespace = None)
        .declares("access.private", false)
        .declares("access.separate", false)
        .target("private-namespace", Value::Null)
        .target("identities", public_identities());
    minimal_with_upload => minimal(without_sources());
    minimal_with_sources => minimal(without_upload());
}
