//! Target files, capabilities, needs, paths, durations and sizes.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use registry_conformance::target::{
    Authentication, CAPABILITIES, Capabilities, CapabilityValue, Colon, DurationText, Environment,
    LoadOptions, Needs, Operation, ReadAs, Size, Target, TokenCommands,
};
use serde_json::{Value, json};
use url::Url;

fn load(text: &str) -> Result<Target, String> {
    load_with(text, &Environment::default(), &LoadOptions::default())
}

fn load_with(
    text: &str,
    environment: &Environment,
    options: &LoadOptions,
) -> Result<Target, String> {
    Target::parse(text, Path::new("conf/target.yaml"), environment, options)
        .map_err(|error| error.to_string())
}

fn token(target: &Target, identity: &str) -> String {
    target.credentials(identity).expect("there").fields[0]
        .secret
        .expose()
        .to_owned()
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

#[test]
fn a_file_with_only_a_url_has_the_promised_defaults() {
    let target = load("registry: http://127.0.0.1:9999\n").expect("valid");
    insta::assert_json_snapshot!(target.redacted_json());
    assert_eq!(
        target.redacted_json(),
        Target::with_defaults(url("http://127.0.0.1:9999/")).redacted_json()
    );
    assert_eq!(token(&target, "owner"), "conformance-owner");
    assert_eq!(target.identities.get("manifest-reader"), None);
}

#[test]
fn the_example_of_the_interface_loads() {
    let text = r"
registry: http://127.0.0.1:9999/base
identities:
  owner:  {token: '${OWNER}', namespace: conformance-owner.test}
  other:  {headers: {X-Api-Key: other-key, Authorization: Basic dXNlcjpwYXNz}}
  reader: {token: conformance-reader}
  manifest-reader: {token: conformance-manifest-reader}
private-namespace: private.test
read-as: reader
keys: keys.jwks
tls: {ca: /etc/ca.pem, client-cert: null, client-key: null}
capabilities: {create.signed: true, digest.sha512: true, sources.max: 5, access.hides: true, access.separate: true}
paths: {create: publish/new, get: 'c/{name}@{version}?x=1'}
problems: {digest-mismatch: https://my.example/errors/digest}
origin: {bind: 127.0.0.1:0, public-url: null, tls: true, ca: hosts-ca.pem}
deadlines: {exchange: 300ms, processing: 2m, source: 10s, expiry: null, retention: 1h30m}
limits: {manifest: 4096, content: 64MiB}
";
    let environment = Environment::from_iter([("OWNER", "from-the-environment")]);
    let target = load_with(text, &environment, &LoadOptions::default()).expect("valid");
    assert_eq!(target.registry.as_str(), "http://127.0.0.1:9999/base/");
    assert_eq!(target.origin.ca, Some(PathBuf::from("conf/hosts-ca.pem")));
    assert_eq!(token(&target, "owner"), "from-the-environment");
    assert_eq!(
        target
            .identities
            .get("other")
            .and_then(|other| other.namespace.clone())
            .as_deref(),
        Some("conformance-other.test")
    );
    let other = target.credentials("other").expect("there");
    assert_eq!(other.fields[0].secret.label(), "TOKEN_OTHER_X_API_KEY");
    assert_eq!(
        (
            other.fields[1].prefix.as_str(),
            other.fields[1].secret.expose()
        ),
        ("Basic ", "dXNlcjpwYXNz")
    );
    assert_eq!(target.read_as, ReadAs::Reader);
    assert_eq!(target.keys.as_deref(), Some(Path::new("conf/keys.jwks")));
    assert_eq!(target.tls.ca.as_deref(), Some(Path::new("/etc/ca.pem")));
    assert_eq!(target.deadlines.exchange, Duration::from_millis(300));
    assert_eq!(target.deadlines.retention, Some(Duration::from_mins(90)));
    assert_eq!(
        (target.limits.manifest, target.limits.content),
        (4096, 64 << 20)
    );
    assert_eq!(
        target.problems.problem_type("digest-mismatch"),
        "https://my.example/errors/digest"
    );
    assert_eq!(
        target.problems.name_of("https://my.example/errors/digest"),
        Some("digest-mismatch")
    );
    assert_eq!(
        target
            .problems
            .name_of("urn:publish-api:problem:digest-mismatch"),
        None
    );
    assert_eq!(
        target.problems.name_of("urn:publish-api:problem:not-found"),
        Some("not-found")
    );
    assert_eq!(target.problems.name_of("about:blank"), None);
    let get = target.operation_url(Operation::Get, "a.b:c", "1.0.0+x", Colon::Encoded);
    assert_eq!(
        get.as_str(),
        "http://127.0.0.1:9999/base/c/a.b%3Ac@1.0.0%2Bx?x=1"
    );
    let shown = format!("{target:?}{}", target.redacted_json());
    for secret in [
        "from-the-environment",
        "other-key",
        "dXNlcjpwYXNz",
        "conformance-manifest-reader",
    ] {
        assert!(!shown.contains(secret), "{secret} shows in {shown}");
    }
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let text = r"registry: ftp://registry.example/
identites: {}
read-as: nobody
capabilities:
  create.singed: true
  upload: maybe
deadlines: {exchange: 10}
identities:
  owner: {token: abcd, headers: {X-Key: efgh}}
  stranger: {token: secret-of-a-stranger}
";
    insta::assert_snapshot!(load(text).expect_err("wrong"));
}

#[test]
fn mistakes_beyond_the_schema_are_told_at_once_too() {
    let text = r"registry: http://user:hidden-password@registry.example/
capabilities: {upload: false, sources: false, access.separate: true, expiry: true}
origin: {ca: ca.pem}
paths: {create: /releases, get: 'x/{nam}', status: 'x/{name}', publish: '../{name}/{version}'}
problems: {digest-mismach: https://my.example/}
deadlines: {exchange: 10, processing: 0s}
limits: {manifest: 1 MegaByte}
identities:
  owner: {token: abc}
  other: {token: same-token, namespace: conformance-owner.test}
  reader: {token: same-token}
tls: {client-cert: x.pem}
";
    let text = text.replace("exchange: 10,", "exchange: '10',");
    let error = load(&text).expect_err("wrong");
    assert!(
        !error.contains("hidden-password") && !error.contains("same-token"),
        "{error}"
    );
    insta::assert_snapshot!(error);
}

#[test]
fn variables_of_the_environment_are_replaced_or_asked_for() {
    let environment = Environment::from_iter([("A", "one"), ("EMPTY", "")]);
    let table = [
        ("${A}-token", Ok("one-token")),
        ("x${A}y${A}z", Ok("xoneyonez")),
        ("$${A}", Ok("${A}")),
        ("$A and $", Ok("$A and $")),
        (
            "${B}",
            Err("the environment variable B is not set; set it or write a value"),
        ),
        ("${A", Err("`${` has no `}`; write `$${` for a literal one")),
        (
            "${A-x}",
            Err("`${A-x}` is no environment variable; write `$${` for a literal `${`"),
        ),
    ];
    for (written, expected) in table {
        let text = format!(
            "registry: http://localhost/\nidentities: {{reader: {{token: '{written}'}}}}\n"
        );
        match (
            load_with(&text, &environment, &LoadOptions::default()),
            expected,
        ) {
            (Ok(target), Ok(expected)) => assert_eq!(token(&target, "reader"), expected),
            (Err(error), Err(expected)) => {
                assert!(
                    error.contains(&format!("conf/target.yaml:2:30: {expected}")),
                    "{written}: {error}"
                );
            }
            (loaded, expected) => panic!("{written}: {loaded:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn a_token_command_is_run_once_and_its_output_trimmed() {
    let text = |command: &str| {
        format!(
            "registry: http://localhost/\nidentities: {{reader: {{token-command: {command}}}}}\n"
        )
    };
    let target = load_with(
        &text("[echo, ' printed ']"),
        &Environment::default(),
        &LoadOptions::default(),
    );
    // The folder of the target file does not exist, so nothing can be run in it.
    assert!(
        target
            .expect_err("no folder")
            .contains("failed to run the token-command `echo`")
    );

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("target.yaml");
    let load = |command: &str, token_commands| {
        std::fs::write(&file, text(command)).expect("written");
        let options = LoadOptions {
            token_commands,
            ..LoadOptions::default()
        };
        Target::load(&file, &Environment::default(), &options).map_err(|error| error.to_string())
    };
    assert_eq!(
        token(
            &load("[echo, ' printed ']", TokenCommands::Run).expect("runs"),
            "reader"
        ),
        "printed"
    );
    let script = "[sh, -c, 'test -e ran && exit 9; touch ran; echo one; echo why >&2; exit 3']";
    let skipped = load(script, TokenCommands::Skip).expect("not run");
    assert_eq!(
        skipped
            .identities
            .get("reader")
            .map(|reader| &reader.authentication),
        Some(&Authentication::Unresolved)
    );
    assert_eq!(skipped.credentials("reader"), None);
    let error = load(script, TokenCommands::Run).expect_err("it fails");
    assert!(
        error.contains("the token-command `sh` failed (exit status: 3): why"),
        "{error}"
    );
    let error = load("[sh, -c, 'true']", TokenCommands::Run).expect_err("it is silent");
    assert!(error.contains("printed nothing"), "{error}");
}

#[test]
fn the_command_line_gives_the_url_that_the_file_lacks() {
    let options = LoadOptions {
        registry: Some(url("https://given.example/api")),
        ..LoadOptions::default()
    };
    let target = load_with("", &Environment::default(), &options).expect("valid");
    assert_eq!(target.registry.as_str(), "https://given.example/api/");
    assert!(
        load("")
            .expect_err("no URL")
            .contains("the member `registry` is missing")
    );
}

#[test]
fn the_schema_and_the_table_know_the_same_capabilities_and_defaults() {
    let schema: Value =
        serde_json::from_str(include_str!("../schemas/target.schema.json")).expect("JSON");
    let described = schema
        .pointer("/properties/capabilities/properties")
        .and_then(Value::as_object)
        .expect("there");
    let names: Vec<&str> = described.keys().map(String::as_str).collect();
    let table: Vec<&str> = CAPABILITIES.iter().map(|row| row.name).collect();
    assert_eq!(names, table);
    for (row, value) in Capabilities::default().iter() {
        assert_eq!(
            described[row.name]["default"],
            serde_json::to_value(value).expect("JSON"),
            "{}",
            row.name
        );
        let summary = described[row.name]["description"]
            .as_str()
            .expect("text")
            .to_lowercase();
        assert_eq!(
            summary.trim_end_matches('.'),
            row.summary.to_lowercase(),
            "{}",
            row.name
        );
    }
    let mut again = Capabilities::default();
    for (row, value) in Capabilities::default().iter() {
        again
            .set(row.name, &serde_json::to_value(value).expect("JSON"))
            .expect("what is shown can be written");
    }
    assert_eq!(again, Capabilities::default());
}

#[test]
fn needs_are_matched_against_what_is_declared() {
    let mut target = Capabilities::default();
    for (name, value) in [
        ("verification", json!("uploads")),
        ("sources.max", json!(3)),
        ("jws.ed25519", json!(["EdDSA", "Ed25519"])),
        ("access.hides", json!(false)),
        ("sources", json!(true)),
        ("cancel", json!(true)),
    ] {
        target.set(name, &value).expect("valid");
    }
    let seen = target.resolve_seen(false, true);
    let table = [
        (json!({}), None),
        (json!({"cancel": true}), None),
        (json!({"cancel": false}), Some("cancel")),
        (json!({"verification": ["all", "uploads"]}), None),
        (json!({"verification": "all"}), Some("verification")),
        (json!({"sources.max": true}), None),
        (json!({"sources.max": false}), Some("sources.max")),
        (json!({"sources.max": 3}), None),
        (json!({"jws.ed25519": "Ed25519"}), None),
        (json!({"jws.ed25519": ["Ed25519", "EdDSA"]}), None),
        (json!({"sources.schemes": "ipfs"}), Some("sources.schemes")),
        (json!({"access.hides": ["any", false]}), None),
        (json!({"access.hides": true}), Some("access.hides")),
        (json!({"async": true}), None),
        (json!({"upload": false}), None),
        // Chunked uploads are declared, but there are no uploads.
        (json!({"upload.chunked": true}), Some("upload")),
        (json!({"assets.per-entry": true}), Some("assets.per-entry")),
    ];
    for (needs, missing) in table {
        let read = Needs::from_json(&needs).unwrap_or_else(|errors| panic!("{needs}: {errors:?}"));
        let result = seen.meets(&read);
        assert_eq!(
            result
                .as_ref()
                .err()
                .map(|missing| missing.capability.as_str()),
            missing,
            "{needs}"
        );
    }
    let needs = Needs::from_json(&json!({"upload": true})).expect("valid");
    let missing = target.meets(&needs).expect_err("not seen yet");
    assert!(missing.is_undetermined());
    assert_eq!(
        target.undetermined().collect::<Vec<_>>(),
        ["upload", "async"]
    );
    // A certain miss is told before an open question.
    let needs = Needs::from_json(&json!({"upload": true, "expiry": true})).expect("valid");
    assert_eq!(
        target.meets(&needs).expect_err("no expiry").to_string(),
        "needs the capability expiry: true; the target has false"
    );
}

#[test]
fn misspelt_needs_are_told_with_the_nearest_name() {
    let errors = Needs::from_json(
        &json!({"uplaod": true, "verification": "some", "xyz": 1, "jws.ed25519": []}),
    );
    let errors: Vec<String> = errors
        .expect_err("wrong")
        .iter()
        .map(|error| format!("{}: {error}", error.pointer))
        .collect();
    insta::assert_json_snapshot!(errors);
}

#[test]
fn bundled_defaults_switch_everything_on() {
    let target = Target::bundled_defaults(url("http://127.0.0.1:1/"));
    let off: Vec<&str> = target
        .capabilities
        .iter()
        .filter(|(_, value)| matches!(value, CapabilityValue::Bool(false) | CapabilityValue::Seen))
        .map(|(row, _)| row.name)
        .collect();
    // Expiry is a matter of how the bundled registry is started.
    assert_eq!(off, ["expiry"]);
    assert!(target.credentials("manifest-reader").is_some() && target.private_namespace.is_some());
}

#[test]
fn names_become_one_segment_whatever_they_hold() {
    let target = Target::with_defaults(url("http://h/base"));
    let table = [
        ("ns:label", "1.0.0", "/base/components/ns:label/v1.0.0"),
        ("a/b", "1", "/base/components/a%2Fb/v1"),
        ("a b?#%", "1+b", "/base/components/a%20b%3F%23%25/v1%2Bb"),
        ("..", "1", "/base/components/../v1"),
        ("é\0", "", "/base/components/%C3%A9%00/v"),
        ("{version}", "1", "/base/components/%7Bversion%7D/v1"),
    ];
    for (name, version, expected) in table {
        assert_eq!(
            target.operation_target(Operation::Get, name, version, Colon::Plain),
            expected
        );
    }
    let create = target.operation_url(Operation::Create, "", "", Colon::Plain);
    assert_eq!(create.as_str(), "http://h/base/releases");
}

#[test]
fn durations_and_sizes_are_read_as_people_write_them() {
    for (text, millis) in [
        ("300ms", 300),
        ("10s", 10_000),
        ("2m", 120_000),
        ("1h30m", 5_400_000),
        ("0s", 0),
    ] {
        assert_eq!(
            text.parse(),
            Ok(DurationText(Duration::from_millis(millis))),
            "{text}"
        );
    }
    for text in [
        "",
        "10",
        "-1s",
        "ten seconds",
        "1x",
        "99999999999999h",
        "400d",
    ] {
        assert!(text.parse::<DurationText>().is_err(), "{text}");
    }
    for (text, octets) in [
        ("0", 0),
        ("1024", 1024),
        ("1 MiB", 1 << 20),
        ("64MiB", 64 << 20),
        ("5kB", 5000),
        ("7 B", 7),
    ] {
        assert_eq!(text.parse(), Ok(Size(octets)), "{text}");
    }
    for text in [
        "",
        "MiB",
        "-1",
        "1.5 MiB",
        "1 mib",
        "99999999999 GiB",
        "1 MiB x",
    ] {
        assert!(text.parse::<Size>().is_err(), "{text}");
    }
    assert_eq!(Size(64 << 20).to_string(), "64 MiB");
    assert_eq!(
        DurationText(Duration::from_millis(1500)).to_string(),
        "1500ms"
    );
    assert_eq!(
        serde_json::from_str::<Size>("4096").expect("a size"),
        Size(4096)
    );
}
