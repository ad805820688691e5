//! What clients send to the mock: manifests, signed ones, publish requests, sources, content, and fields of reading requests. The first
//! octet says which.

use std::{cell::RefCell, sync::LazyLock};

use mock_registry::MockRegistry;
use regex::Regex;
use registry_conformance::{
    check,
    content::{self, Content, Entry, Format},
    jws::{KeySet, Signing},
};
use reqwest::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{
    json::has_repeated_members,
    jws::accepted_signers,
    served::{NAMESPACE, Response, Served},
};

/// The largest manifest that the mock takes.
const MAX_MANIFEST: usize = 1 << 20;

static KEYS: LazyLock<KeySet> = LazyLock::new(KeySet::built_in);

/// The grammar of names (section 1 of the specification), and that of semver.org.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    Regex::new(&format!(r"\A{label}(?:\.{label})*:{label}\z")).expect("an expression")
});
static VERSION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"\A(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?\z",
    )
    .expect("an expression")
});

/// A list of entity tags in which no comma stands inside of one.
static TAGS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\A(?:W/)?"[!#-+\--~]*"(?:[ \t]*,[ \t]*(?:W/)?"[!#-+\--~]*")*\z"#)
        .expect("an expression")
});

thread_local! {
    static WORLD: RefCell<World> = RefCell::new(World::new());
}

/// Creates with a manifest (`c`) or a signed one (`j`), publishes (`p`), adds (`a`) or replaces (`r`) sources, uploads a component (`u`)
/// or an archive (`t`), reads content with a `Range` (`g`) or a release with an `If-None-Match` (`n`).
///
/// # Panics
///
/// When an answer is none (see the rules ERR-1, ERR-2 and ERR-4); when something is refused and has had an effect all the same; when a
/// manifest is created that breaks a rule of CRE, or refused that breaks none; when something is published without a signature that SIG
/// accepts; when a credential comes back; when a published release has changed; or when a range or an entity tag is not taken as RFC 9110
/// has it.
pub fn run(data: &[u8]) {
    let Some((&kind, octets)) = data.split_first() else {
        return;
    };
    WORLD.with_borrow_mut(|world| match kind {
        b'c' => world.create("application/json", octets),
        b'j' => world.create("application/jose+json", octets),
        b'p' => world.publish(octets),
        b'a' => world.sources(&Method::POST, octets),
        b'r' => world.sources(&Method::PUT, octets),
        b'u' => world.upload("application/wasm", octets),
        b't' => world.upload("application/x-tar", octets),
        b'g' => world.range(octets),
        b'n' => world.entity_tag(octets),
        _ => {}
    });
}

/// A registry with one release, and two that are pending: with a component that is there, and for an archive.
struct World {
    served: &'static Served,
    published: Value,
    content: Vec<u8>,
    before: Value,
}

/// What is pending, as its creator wrote it.
pub(crate) fn pending_manifest(content: &Content, label: &str) -> String {
    let digest = content::index_digest(content::DigestAlgorithm::Sha256, &content.entries);
    json!({
        "packageType": "component",
        "name": format!("{NAMESPACE}:{label}"),
        "version": "1.0.0",
        "mediaType": content.media_type,
        "contentDigest": {"sha256": digest},
    })
    .to_string()
}

fn path_of(label: &str) -> String {
    format!("components/{NAMESPACE}:{label}/v1.0.0")
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            served: Served::start(MockRegistry::builder()),
            published: Value::Null,
            content: content::EMPTY_COMPONENT.to_vec(),
            before: Value::Null,
        };
        world.furnish();
        world
    }

    /// Forgets everything, and puts there what there is to begin with.
    fn furnish(&mut self) {
        let served = self.served;
        served.runtime.block_on(async { served.registry.reset() });
        let component = Content::blob(self.content.clone());
        let entry = Entry::new(content::COMPONENT_PATH, self.content.clone());
        let archive = Content::tar(vec![entry], Format::Ustar).expect("an archive");
        for (content, label) in [
            (&component, "published"),
            (&component, "pending"),
            (&archive, "archive"),
        ] {
            let manifest = pending_manifest(content, label);
            let fields: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
            let created = served
                .send(Method::POST, "releases", &fields, manifest.as_bytes())
                .expect("an answer");
            assert_eq!(created.status, 201);
            if label == "archive" {
                continue;
            }
            assert!(
                self.uploaded(label, "application/wasm", &content.body)
                    .is_success()
            );
            if label == "published" {
                let signature = Signing::right(manifest, &["owner-es256"]);
                let signature = signature.sign(&KEYS).expect("a signature");
                let request = json!({ "releaseSignature": signature });
                let published = served.post(&path_of(label), &request);
                assert_eq!(published.status, 201);
                self.published = published.json();
            }
        }
        self.before = served.registry.state();
    }

    fn uploaded(&self, label: &str, media_type: &str, octets: &[u8]) -> Response {
        let status = self
            .served
            .send(
                Method::GET,
                &format!("{}/unpublished", path_of(label)),
                &[],
                b"",
            )
            .expect("an answer")
            .json();
        let url = status["uploadUrl"].as_str().expect("a place to upload to");
        let path = url
            .strip_prefix(self.served.registry.url())
            .expect("a URL below the base");
        let fields = [("content-type", media_type.as_bytes())];
        self.served
            .send(Method::POST, path, &fields, octets)
            .expect("an answer")
    }

    /// Holds what is true after every request, and restores what it changed.
    fn settle(&mut self, response: &Response) {
        response.assert_is_an_answer();
        let after = self.served.registry.state();
        if !response.is_success() {
            assert_eq!(after, self.before, "refused, with an effect");
            return;
        }
        let of = |state: &Value| {
            let releases = state["releases"].as_array().cloned().unwrap_or_default();
            releases
                .into_iter()
                .find(|release| release["name"] == format!("{NAMESPACE}:published"))
        };
        assert_eq!(
            of(&after),
            of(&self.before),
            "a published release has changed"
        );
        if after != self.before {
            self.furnish();
        }
    }

    fn create(&mut self, media_type: &str, octets: &[u8]) {
        let fields = [("content-type", media_type.as_bytes())];
        let response = self
            .served
            .send(Method::POST, "releases", &fields, octets)
            .expect("an answer");
        let manifest = if media_type == "application/json" {
            Some(octets.to_vec())
        } else {
            signed_payload(octets)
        };
        let expected = manifest.as_deref().and_then(manifest_of);
        let text = String::from_utf8_lossy(&response.bytes).into_owned();
        match (&expected, response.status) {
            (Some(manifest), 201) => {
                let document = response.json();
                assert!(check::json::equal(manifest, &document["release"]), "{text}");
                assert_eq!(document["status"], "pending");
                assert_eq!(document["creator"], "owner");
                assert!(response.header("location").is_some());
            }
            (Some(manifest), 409) => assert!(self.is_there(manifest), "{text}"),
            (Some(_), _) => panic!("refused: {text}"),
            (None, status) => assert!((400..500).contains(&status), "taken: {text}"),
        }
        self.settle(&response);
    }

    fn is_there(&self, manifest: &Value) -> bool {
        let releases = self.before["releases"].as_array();
        releases.is_some_and(|releases| {
            releases.iter().any(|release| {
                release["name"] == manifest["name"] && release["version"] == manifest["version"]
            })
        })
    }

    fn publish(&mut self, octets: &[u8]) {
        let component = Content::blob(self.content.clone());
        let manifest = pending_manifest(&component, "pending");
        let fields: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
        let response = self
            .served
            .send(Method::POST, &path_of("pending"), &fields, octets)
            .expect("an answer");
        let request = object(octets);
        let payload = request.as_ref().and_then(|request| {
            let signature = request.get("releaseSignature")?;
            accepted_signers(signature).ok()?;
            payload_of(signature)
        });
        let is_signed = payload.as_deref().is_some_and(|payload| {
            object(payload).is_some_and(|signed| {
                let manifest = serde_json::from_str(&manifest).unwrap_or_default();
                check::json::equal(&Value::Object(signed), &manifest)
            })
        });
        let digest = request
            .as_ref()
            .and_then(|request| request.get("releaseDigest"));
        let text = String::from_utf8_lossy(&response.bytes).into_owned();
        if response.is_success() {
            assert!(is_signed, "published without a signature: {text}");
            let expected = hex::encode(Sha256::digest(payload.unwrap_or_default()));
            let given = digest.and_then(|digest| digest.get("sha256"));
            assert!(given.is_none_or(|given| *given == expected), "{text}");
            assert_eq!(response.status, 201);
        } else {
            assert!(!is_signed || digest.is_some(), "refused: {text}");
        }
        self.settle(&response);
    }

    fn sources(&mut self, method: &Method, octets: &[u8]) {
        let fields: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
        let path = format!("{}/content-sources", path_of("pending"));
        let response = self
            .served
            .send(method.clone(), &path, &fields, octets)
            .expect("an answer");
        let text = String::from_utf8_lossy(&response.bytes).into_owned();
        for secret in credentials(octets) {
            assert!(!text.contains(&secret), "{secret:?} in {text}");
            let status = self.served.registry.state().to_string();
            assert!(!status.contains(&secret), "{secret:?} in {status}");
        }
        if response.is_success() {
            let given = object(octets).expect("an object was taken");
            let given = given["contentSources"].as_array().map_or(0, Vec::len);
            let document = response.json();
            let now = document["contentSources"].as_array().expect("a list");
            // The upload stands first among what was there.
            let before = usize::from(*method == Method::POST);
            assert!((before..=given + before).contains(&now.len()), "{text}");
            let mut distinct = Vec::new();
            for source in now {
                assert!(!distinct.contains(&source), "twice: {text}");
                distinct.push(source);
            }
        }
        self.settle(&response);
    }

    fn upload(&mut self, media_type: &str, octets: &[u8]) {
        let label = if media_type == "application/wasm" {
            "pending"
        } else {
            "archive"
        };
        let response = self.uploaded(label, media_type, octets);
        if response.is_success() && label == "pending" {
            assert_eq!(octets, self.content, "other bytes were taken");
        }
        self.settle(&response);
    }

    fn range(&mut self, value: &[u8]) {
        let path = format!("{}/content", path_of("published"));
        let Some(response) = self
            .served
            .send(Method::GET, &path, &[("range", value)], b"")
        else {
            return;
        };
        let length = self.content.len();
        let text = String::from_utf8_lossy(value).into_owned();
        let expected = requested(&text, length);
        match response.status {
            200 => assert_eq!(response.bytes, self.content),
            206 => {
                let (first, last) = expected.flatten().expect("a range that can be had");
                assert_eq!(response.bytes, self.content[first..=last], "{text}");
                let said = format!("bytes {first}-{last}/{length}");
                assert_eq!(response.header("content-range"), Some(said.as_str()));
            }
            416 => {
                assert_eq!(expected, Some(None), "{text}");
                let said = format!("bytes */{length}");
                assert_eq!(response.header("content-range"), Some(said.as_str()));
            }
            status => panic!("{status}"),
        }
        if let Some(expected) = expected {
            let status = if expected.is_some() { 206 } else { 416 };
            assert_eq!(response.status, status, "{text}");
        }
        self.settle(&response);
    }

    fn entity_tag(&mut self, value: &[u8]) {
        let path = path_of("published");
        let fields = [("if-none-match", value)];
        let Some(response) = self.served.send(Method::GET, &path, &fields, b"") else {
            return;
        };
        let tag = response.header("etag").expect("a tag").to_owned();
        let text = String::from_utf8_lossy(value).into_owned();
        if TAGS.is_match(&text) {
            let is_named = text
                .split(',')
                .any(|named| named.trim().trim_start_matches("W/") == tag);
            assert_eq!(response.status, if is_named { 304 } else { 200 }, "{text}");
        }
        match response.status {
            304 => {
                assert!(response.bytes.is_empty() && (text.contains(&tag) || text.contains('*')));
            }
            status => {
                assert_eq!(status, 200);
                assert_eq!(response.json()["release"], self.published["release"]);
            }
        }
    }
}

/// What a `Range` asks for (RFC 9110, section 14.1.2): the first and the last octet, or nothing that there is. None for what is no single
/// range of octets, which may be answered with the whole.
#[expect(clippy::option_option, reason = "no range, and a range of nothing")]
fn requested(value: &str, length: usize) -> Option<Option<(usize, usize)>> {
    static RANGE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\Abytes=[ \t]*([0-9]*)-([0-9]*)\z").expect("an expression"));
    let found = RANGE.captures(value.trim())?;
    let number = |text: &str| text.parse().unwrap_or(usize::MAX);
    match (&found[1], &found[2]) {
        ("", "") => None,
        ("", suffix) => {
            let octets = number(suffix).min(length);
            Some((octets > 0).then(|| (length - octets, length - 1)))
        }
        (first, "") => {
            let first = number(first);
            Some((first < length).then(|| (first, length - 1)))
        }
        (first, last) => {
            let (first, last) = (number(first), number(last));
            if last < first {
                return None;
            }
            Some((first < length).then(|| (first, last.min(length - 1))))
        }
    }
}

/// A JSON object that names no member twice.
fn object(octets: &[u8]) -> Option<Map<String, Value>> {
    let value: Value = serde_json::from_slice(octets).ok()?;
    if has_repeated_members(octets, &value) {
        return None;
    }
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

fn payload_of(signature: &Value) -> Option<Vec<u8>> {
    registry_conformance::jws::decode(signature["payload"].as_str()?).ok()
}

/// The manifest in a signed create that SIG accepts.
fn signed_payload(octets: &[u8]) -> Option<Vec<u8>> {
    let document = Value::Object(object(octets)?);
    accepted_signers(&document).ok()?;
    payload_of(&document)
}

/// The manifest, if it is one that the owner may create (CRE-3 to CRE-9, DIG-5).
fn manifest_of(octets: &[u8]) -> Option<Value> {
    let members = object(octets)?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let name = text("name")?;
    let version = text("version")?;
    let media_type = match members.get("mediaType") {
        None => "application/wasm",
        Some(media_type) => media_type.as_str()?,
    };
    let digests = members.get("contentDigest")?.as_object()?;
    let mut supported = 0;
    for (algorithm, digest) in digests {
        let digest = digest.as_str()?;
        let length = match algorithm.as_str() {
            "sha256" => 64,
            "sha512" => 128,
            _ => continue,
        };
        let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if digest.len() != length || !digest.chars().all(is_hex) {
            return None;
        }
        supported += 1;
    }
    let is_good = text("packageType")? == "component"
        && NAME.is_match(name)
        && name.len() <= 128
        && name.split(':').next() == Some(NAMESPACE)
        && VERSION.is_match(version)
        && version.len() <= 255
        && media_type.contains('/')
        && supported > 0
        && octets.len() <= MAX_MANIFEST;
    is_good.then_some(Value::Object(members))
}

/// Credentials and user information in a list of sources, as far as they are nowhere else in it.
fn credentials(octets: &[u8]) -> Vec<String> {
    let Some(members) = object(octets) else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(octets);
    let mut found = Vec::new();
    for source in members
        .get("contentSources")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        for name in ["password", "token"] {
            let credential = source.get("credentials").and_then(|given| given.get(name));
            found.extend(credential.and_then(Value::as_str).map(str::to_owned));
        }
        let url = source
            .get("url")
            .and_then(Value::as_str)
            .and_then(|url| Url::parse(url).ok());
        found.extend(url.and_then(|url| url.password().map(str::to_owned)));
    }
    found.retain(|secret| secret.len() >= 6 && text.matches(secret.as_str()).count() == 1);
    found
}
