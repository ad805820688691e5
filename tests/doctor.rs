//! The doctor as people meet it: what it says of registries that are well, and of each thing that can be wrong.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use mock_registry::config::{Config, DigestForm, ProcessingMode, Verification};
use mock_registry::identity::{Identities, Identity, Role};
use mock_registry::jws::KeyStore;
use mock_registry::{MockRegistry, MockRegistryBuilder, Network};
use registry_conformance::jws::KeySet;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

const SEED: u64 = 5;

/// What differs from run to run.
const FILTERS: &[(&str, &str)] = &[
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"doctor-[0-9a-f]+-\d+", "doctor-ID"),
    (r"[0-9a-f]{64}", "SHA256"),
    (r"/h/[0-9a-f]{32}/", "/h/ID/"),
    (r"(?i)(content-length): \d+", "$1: LENGTH"),
    (r"(?m)^( *<) date: .*$", "$1 date: DATE"),
    (
        r#"("(?:payload|protected|signature)": ?")[^"]+"#,
        "${1}BASE64URL",
    ),
    (
        r"registry-conformance/\d+\.\d+\.\d+",
        "registry-conformance/VERSION",
    ),
    (r#","x-mock-registry":\{[^}]*\}"#, ""),
    (r"error:[0-9A-F]+:SSL routines:.*\(", "OPENSSL ("),
    (r"\(os error \d+\)", "(os error N)"),
    (r"--target \S*target\.yaml", "--target target.yaml"),
    (r"/\S*/target\.yaml", "target.yaml"),
];

fn doctor(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_registry-conformance"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REGISTRY_CONFORMANCE_"))
    {
        command.env_remove(name);
    }
    command.arg("doctor").args(arguments).output().unwrap()
}

/// Runs the doctor beside whatever this runtime serves.
async fn beside(arguments: Vec<String>) -> Output {
    tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        doctor(&arguments)
    })
    .await
    .unwrap()
}

/// A target file beside which its other files stand.
struct Target {
    folder: tempfile::TempDir,
}

impl Target {
    fn new(document: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // YAML takes JSON.
        std::fs::write(folder.path().join("target.yaml"), document.to_string()).unwrap();
        Self { folder }
    }

    fn path(&self) -> String {
        let path: &Path = &self.folder.path().join("target.yaml");
        path.to_string_lossy().into_owned()
    }
}

fn mock() -> MockRegistryBuilder {
    MockRegistry::builder().seed(SEED).plain(true)
}

/// The doctor on a mock, by a target file that says this besides.
async fn examine(builder: MockRegistryBuilder, mut target: Value, options: &[&str]) -> Output {
    let registry = builder.start().await.unwrap();
    target["registry"] = json!(registry.url());
    let target = Target::new(&target);
    let mut arguments = vec!["--target".to_owned(), target.path()];
    arguments.extend(options.iter().map(|option| (*option).to_owned()));
    beside(arguments).await
}

/// Steps by name.
async fn steps(builder: MockRegistryBuilder, target: Value) -> (Option<i32>, Value) {
    let output = examine(builder, target, &["--json"]).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let steps = told["steps"].as_array().unwrap();
    let by_name = steps
        .iter()
        .map(|step| (step["step"].as_str().unwrap().to_owned(), step.clone()))
        .collect();
    (output.status.code(), Value::Object(by_name))
}

fn keys_without(kid: &str) -> KeyStore {
    let mut keys = KeySet::built_in().public_jwks();
    keys["keys"]
        .as_array_mut()
        .unwrap()
        .retain(|key| key["kid"] != kid);
    KeyStore::from_jwks(keys.to_string().as_bytes()).unwrap()
}

fn identities_with_a_writing_reader() -> Identities {
    let namespaces = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Identities::new(["owner", "other", "reader"].map(|name| Identity {
        name: name.to_owned(),
        token: format!("conformance-{name}"),
        role: Role::Publisher,
        namespaces: match name {
            "other" => namespaces(&["conformance-other.test"]),
            _ => namespaces(&["conformance-owner.test"]),
        },
    }))
}

macro_rules! assert_told {
    ($name:literal, $output:expr, $exit:literal) => {
        let output = $output;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(
            output.status.code(),
            Some($exit),
            "{told}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!told.contains("Bearer conformance-"), "a token is shown");
        insta::with_settings!({filters => FILTERS.to_vec()}, {
            insta::assert_snapshot!($name, told);
        });
    };
}

#[test]
fn the_bundled_mock_is_well() {
    assert_told!("bundled-mock", doctor(&[]), 0);
}

#[test]
fn nothing_listens() {
    // Bound, so that nobody else takes it, and not listening.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/");
    assert_told!("nothing-listens", doctor(&["--registry", &url]), 3);
}

#[tokio::test]
async fn a_web_server_is_no_registry() {
    let server = MockServer::start().await;
    let page =
        ResponseTemplate::new(404).set_body_raw("<html>\u{1b}[31mNot found</html>", "text/html");
    Mock::given(matchers::any())
        .respond_with(page)
        .mount(&server)
        .await;
    let output = beside(vec!["--registry".to_owned(), server.uri()]).await;
    assert_told!("web-server", output, 1);
}

#[tokio::test]
async fn the_token_is_not_known() {
    let target = json!({"identities": {"owner": {"token": "not-what-is-known"}}});
    let output = examine(mock(), target, &[]).await;
    assert!(!String::from_utf8_lossy(&output.stdout).contains("not-what-is-known"));
    assert_told!("wrong-token", output, 1);
}

#[tokio::test]
async fn the_owner_may_not_write_in_its_namespace() {
    let target = json!({"identities": {"owner": {"namespace": "somebody-else.test"}}});
    assert_told!("no-right", examine(mock(), target, &[]).await, 1);
}

#[tokio::test]
async fn a_key_is_not_installed() {
    let registry = mock().configure(|config| config.keys = keys_without("owner-es256"));
    assert_told!("missing-key", examine(registry, json!({}), &[]).await, 1);
}

#[tokio::test]
async fn content_hosts_are_refused_as_private() {
    let registry = mock().deny_private_sources(true);
    assert_told!(
        "private-content-host",
        examine(registry, json!({}), &[]).await,
        1
    );
}

#[tokio::test]
async fn a_capability_is_declared_and_not_there_and_another_is_there_and_not_declared() {
    let registry = mock().configure(|config| config.cancel = false);
    let target = json!({"capabilities": {
        "cancel": true, "sources.replace": true, "sources.credentials": true, "sources.recheck": true,
        "create.signed": true, "jws.ed25519": ["EdDSA", "Ed25519"], "version.build": true, "assets.tar": true,
        "assets.per-entry": true, "validates.component": true,
    }});
    assert_told!(
        "missing-capability",
        examine(registry, target, &[]).await,
        1
    );
}

#[tokio::test]
async fn what_is_there_and_not_declared_is_offered() {
    assert_told!(
        "undeclared-capabilities",
        examine(mock(), json!({}), &[]).await,
        0
    );
}

#[tokio::test]
async fn the_certificate_is_not_trusted() {
    let registry = mock().tls();
    assert_told!("unknown-ca", examine(registry, json!({}), &[]).await, 3);
}

#[tokio::test]
async fn each_mistake_is_found_at_its_step() {
    type Row = (
        &'static str,
        fn(&mut Config),
        Value,
        &'static str,
        &'static str,
    );
    let rows: [Row; 9] = [
        (
            "the reader is not known",
            |_| {},
            json!({"identities": {"reader": {"token": "somebody-unknown"}}}),
            "reader",
            "identities.reader",
        ),
        (
            "the reader may write",
            |config| config.identities = identities_with_a_writing_reader(),
            json!({}),
            "reader",
            "the right to publish",
        ),
        (
            "reading needs authentication",
            |config| config.anonymous_reads = false,
            json!({}),
            "anonymous",
            "read-as: reader",
        ),
        (
            "the key of another publisher is missing",
            |config| config.keys = keys_without("other-ed25519"),
            json!({}),
            "other-ed25519",
            "registry-conformance keys",
        ),
        (
            "digests are of the octets",
            |config| config.digest_form = DigestForm::Raw,
            json!({}),
            "digest.form",
            "`digest.form: raw`",
        ),
        (
            "there are no sources",
            |config| config.sources = false,
            json!({}),
            "source",
            "sources: false",
        ),
        (
            "nothing is fetched",
            |config| config.verification = Verification::Uploads,
            json!({}),
            "source",
            "verification: uploads",
        ),
        (
            "there are fewer sources than declared",
            |config| config.max_sources = None,
            json!({"capabilities": {"sources.max": 3}}),
            "sources.max",
            "sources.max: none",
        ),
        (
            "the private namespace is another's",
            |_| {},
            json!({"private-namespace": "somebody-else.test"}),
            "private-namespace",
            "somebody-else.test",
        ),
    ];
    for (name, change, target, step, next) in rows {
        let (exit, steps) = steps(mock().configure(change), target).await;
        assert_eq!(exit, Some(1), "{name}");
        let found = &steps[step];
        assert_eq!(found["status"], "problem", "{name}: {found}");
        let told = found["next"].as_str().unwrap();
        assert!(told.contains(next), "{name}: {told}");
    }
}

#[tokio::test]
async fn a_registry_is_well_in_every_set_up_that_is_declared() {
    let rows: [(&str, MockRegistryBuilder, Value); 6] = [
        (
            "asynchronous",
            mock().processing(ProcessingMode::Polls(2)),
            json!({"capabilities": {"async": true}}),
        ),
        (
            "uploads alone",
            mock().configure(|config| config.sources = false),
            json!({"capabilities": {"sources": false}}),
        ),
        (
            "sources alone",
            mock().configure(|config| config.uploads = false),
            json!({"capabilities": {"upload": false}}),
        ),
        (
            "nothing is hashed",
            mock().verification(Verification::None),
            json!({"capabilities": {"verification": "none"}}),
        ),
        (
            "no anonymous reading",
            mock().configure(|config| config.anonymous_reads = false),
            json!({"read-as": "reader"}),
        ),
        (
            "elsewhere, with uploads at another origin",
            mock().network(Network {
                upload_url: Some("http://127.0.0.1:0/".to_owned()),
                base_path: Some("registry/v1".to_owned()),
                ..Network::default()
            }),
            json!({}),
        ),
    ];
    for (name, registry, target) in rows {
        let (exit, steps) = steps(registry, target).await;
        let problems: Vec<&Value> = steps
            .as_object()
            .unwrap()
            .values()
            .filter(|step| step["status"] == "problem")
            .collect();
        assert_eq!((exit, problems), (Some(0), Vec::new()), "{name}");
    }
}

#[tokio::test]
async fn an_unreachable_content_host_was_never_asked() {
    // The way back leads nowhere: bound, so that nobody else takes it, and not listening.
    let nowhere = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let target = json!({"origin": {"public-url": format!("http://{nowhere}/")}});
    let (exit, steps) = steps(mock(), target).await;
    assert_eq!(exit, Some(1));
    let source = &steps["source"];
    let detail = source["detail"].as_str().unwrap();
    assert!(
        detail.contains("source-unreachable") && detail.contains("never asked"),
        "{detail}"
    );
    assert!(source["next"].as_str().unwrap().contains("tunnel"));
}

#[tokio::test]
async fn few_names_are_left_and_what_is_pending_is_cancelled() {
    let registry = mock().start().await.unwrap();
    let arguments = ["--json", "--registry", registry.url()];
    let output = beside(arguments.map(str::to_owned).to_vec()).await;
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let left = &told["left_behind"];
    assert_eq!(left["pending"], 0, "{left}");
    assert!(left["cancelled"].as_u64() > Some(0), "{left}");
    assert!(left["ended"].as_u64() < Some(20), "{left}");
}

#[tokio::test]
async fn what_a_hostile_registry_says_stays_on_its_line_and_has_an_end() {
    let server = MockServer::start().await;
    let document = json!({
        "release": {},
        "status": "pending\u{1b}[2J",
        "uploadUrl": format!("{}/\u{1b}[2J\u{202e}", server.uri()),
        "contentSources": "<script>alert(1)</script>",
        "type": "urn:\u{1b}]0;title\u{7}",
        "padding": "x".repeat(3 << 20),
    });
    let answer = ResponseTemplate::new(201)
        .insert_header("Location", "http://[::1")
        .set_body_json(document);
    Mock::given(matchers::any())
        .respond_with(answer)
        .mount(&server)
        .await;
    let output = beside(vec!["--registry".to_owned(), server.uri()]).await;
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let is_steering =
        |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
    assert!(!told.contains(is_steering), "{told}");
    assert!(told.len() < 20_000, "{} octets", told.len());
}

#[tokio::test]
async fn a_registry_that_falls_silent_is_given_up_soon() {
    let registry = mock().start().await.unwrap();
    let stall = json!({"operation": "publish", "fault": {"stall": "60s"}});
    reqwest::Client::new()
        .post(format!("{}faults", registry.admin_url()))
        .header("Content-Type", "application/json")
        .body(stall.to_string())
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();
    let target = Target::new(&json!({
        "registry": registry.url(),
        "deadlines": {"exchange": "500ms", "processing": "1s", "source": "1s"},
    }));
    let began = std::time::Instant::now();
    let output = beside(vec![
        "--json".to_owned(),
        "--target".to_owned(),
        target.path(),
    ])
    .await;
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |name: &str| {
        let mut steps = told["steps"].as_array().unwrap().iter();
        steps.find(|step| step["step"] == name).cloned().unwrap()
    };
    assert_eq!(of("owner-es256")["status"], "problem");
    assert_eq!(of("cancel")["status"], "not checked");
}

#[test]
fn a_bad_target_file_is_the_first_problem_and_nothing_is_sent() {
    let target = Target::new(&json!({
        "registry": "http://127.0.0.1:9/",
        "capabilities": {"uplod": true, "expiry": true},
        "identities": {"owner": {"token": "the-same"}, "other": {"token": "the-same"}},
    }));
    assert_told!("bad-target-file", doctor(&["--target", &target.path()]), 2);
}

#[test]
fn what_the_target_file_names_and_is_not_there_is_the_first_problem() {
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let bind = occupied.local_addr().unwrap().to_string();
    let rows = [
        (json!({"keys": "keys.jwks"}), "keys.jwks", "Set `keys`"),
        (json!({"tls": {"ca": "ca.pem"}}), "ca.pem", "Set `tls`"),
        (
            json!({"origin": {"bind": bind}}),
            bind.as_str(),
            "Set `origin.bind`",
        ),
        (
            json!({"capabilities": {"expiry": true}}),
            "needs `deadlines.expiry`",
            "Mend what is named above",
        ),
        (
            json!({"identities": {"owner": {"token": "same"}, "reader": {"token": "same"}}}),
            "reader",
            "Mend what is named above",
        ),
    ];
    for (mut document, detail, next) in rows {
        document["registry"] = json!("http://127.0.0.1:9/");
        let target = Target::new(&document);
        let output = doctor(&["--json", "--target", &target.path()]);
        assert_eq!(output.status.code(), Some(2), "{document}");
        assert!(output.stderr.is_empty());
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let (first, rest) = told["steps"].as_array().unwrap().split_first().unwrap();
        assert_eq!(first["step"], "target file");
        assert_eq!(first["status"], "problem");
        assert!(
            first["detail"].as_str().unwrap().contains(detail),
            "{first}"
        );
        assert!(first["next"].as_str().unwrap().contains(next), "{first}");
        assert!(rest.iter().all(|step| step["status"] == "not checked"));
    }
}

#[test]
fn a_target_file_that_is_not_there_is_told_with_how_to_get_one() {
    let output = doctor(&["--target", "no-such-folder/target.yaml"]);
    assert_told!("no-target-file", output, 2);
}

#[test]
fn a_bad_option_is_bad_usage_and_no_step() {
    let output = doctor(&["--registry", "ftp://127.0.0.1/"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && !output.stderr.is_empty());
}
