//! The examples of the document are right: digests, signatures, lengths, and form.

use std::collections::HashMap;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, JwsVerifier as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};

use crate::document::{Block, blocks, code, repository, table};
use crate::schemas;

/// An HTTP message of the document.
struct Message {
    start: String,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Message {
    fn parse(block: &Block) -> Self {
        let (head, body) = block.text.split_once("\n\n").unwrap_or((&block.text, ""));
        let mut lines = head.lines();
        let body = if block.attribute("body") == Some("hex") {
            unhex(body)
        } else {
            body.as_bytes().to_vec()
        };
        Self {
            start: lines.next().expect("a start line").to_owned(),
            headers: lines
                .map(|line| {
                    line.split_once(": ")
                        .unwrap_or_else(|| panic!("no header: {line}"))
                })
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body,
        }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}", self.start))
    }
}

fn messages() -> Vec<(Block, Message)> {
    let messages: Vec<_> = blocks()
        .into_iter()
        .filter(|block| block.language == "http")
        .map(|block| {
            let message = Message::parse(&block);
            (block, message)
        })
        .collect();
    assert!(messages.len() > 20, "only {} messages", messages.len());
    messages
}

/// Octets of a hex dump in which comments begin with `;`.
fn unhex(dump: &str) -> Vec<u8> {
    let digits: String = dump
        .lines()
        .flat_map(|line| line.split(';').next().unwrap_or_default().chars())
        .filter(|digit| !digit.is_whitespace())
        .collect();
    hex::decode(&digits).unwrap_or_else(|error| panic!("{digits}: {error}"))
}

fn hash(algorithm: &str, bytes: &[u8]) -> Vec<u8> {
    match algorithm {
        "sha256" => Sha256::digest(bytes).to_vec(),
        "sha512" => Sha512::digest(bytes).to_vec(),
        other => panic!("no algorithm {other}"),
    }
}

/// The entries of the contents that the document calls one and two, not in the order of the index.
fn entries(content: &str) -> Vec<(&'static str, Vec<u8>)> {
    let component = (
        "component.wasm",
        vec![0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00],
    );
    match content {
        "one" => vec![component],
        "two" => vec![component, ("assets/a.txt", b"a".to_vec())],
        other => panic!("no content {other}"),
    }
}

fn index(content: &str, algorithm: &str) -> Vec<u8> {
    let mut entries = entries(content);
    entries.sort();
    let mut index = Vec::new();
    for (path, bytes) in entries {
        index.extend(hash(algorithm, &bytes));
        index.extend(
            u16::try_from(path.len())
                .expect("a short path")
                .to_le_bytes(),
        );
        index.extend(path.as_bytes());
    }
    index
}

#[test]
fn known_answers_are_right() {
    for row in table("### Known answers", "content") {
        let [content, form, algorithm, digest] = row.as_slice() else {
            panic!("four cells: {row:?}")
        };
        let input = match form.as_str() {
            "index" => index(content, algorithm),
            "raw" => entries(content).remove(0).1,
            other => panic!("no form {other}"),
        };
        assert_eq!(
            code(digest),
            [hex::encode(hash(algorithm, &input))],
            "{content} {form} {algorithm}"
        );
    }
}

#[test]
fn dumps_of_indexes_are_right() {
    let mut seen = 0;
    for block in blocks().iter().filter(|block| block.language == "hex") {
        let Some(content) = block.attribute("index") else {
            assert_eq!(unhex(&block.text), entries("one").remove(0).1);
            continue;
        };
        let algorithm = block.attribute("algorithm").expect("an algorithm");
        assert_eq!(
            unhex(&block.text),
            index(content, algorithm),
            "{content} {algorithm}"
        );
        seen += 1;
    }
    assert_eq!(seen, 3);
}

#[test]
fn examples_match_their_schemas() {
    let mut seen = 0;
    for block in blocks() {
        let Some(name) = block.attribute("schema") else {
            assert_ne!(
                block.language, "json",
                "an example without a schema: {}",
                block.text
            );
            continue;
        };
        let instance = match block.language.as_str() {
            "json" => serde_json::from_str(&block.text).expect("JSON"),
            "http" => Message::parse(&block).json(),
            other => panic!("a schema for {other}"),
        };
        schemas::assert_valid(name, &instance, &block.text);
        seen += 1;
    }
    assert!(seen > 20, "only {seen} examples");
}

#[test]
fn messages_have_the_length_and_schema_that_their_body_needs() {
    for (block, message) in messages() {
        let declared = message
            .headers
            .get("content-length")
            .map(|length| length.parse::<usize>().expect("a length"));
        assert_eq!(
            declared.unwrap_or(0),
            message.body.len(),
            "{}",
            message.start
        );
        let json = message
            .headers
            .get("content-type")
            .is_some_and(|media_type| media_type.ends_with("json"));
        assert_eq!(
            json,
            block.attribute("schema").is_some(),
            "{}",
            message.start
        );
    }
}

#[test]
fn every_publish_is_signed_over_the_manifest_that_was_created() {
    let mut created: Vec<Vec<u8>> = Vec::new();
    let mut published = 0;
    for (block, message) in messages() {
        let body = match block.attribute("schema") {
            Some("manifest") => {
                created.push(message.body);
                continue;
            }
            Some("publish-request" | "release") => message.json(),
            _ => continue,
        };
        let payload = verified_payload(&body["releaseSignature"]);
        assert_eq!(Some(&payload), created.last(), "{}", message.start);
        if block.attribute("schema") == Some("release") {
            let signed: Value = serde_json::from_slice(&payload).expect("a manifest");
            assert_eq!(body["release"], signed, "{}", message.start);
        } else {
            assert_eq!(
                body["releaseDigest"]["sha256"],
                hex::encode(hash("sha256", &payload)),
                "{}",
                message.start
            );
            published += 1;
        }
    }
    assert_eq!((created.len(), published), (3, 3));
}

#[test]
fn manifests_commit_to_the_content_that_is_sent() {
    let digest = hex::encode(hash("sha256", &index("one", "sha256")));
    for (block, message) in messages() {
        match block.attribute("schema") {
            Some("manifest") => assert_eq!(message.json()["contentDigest"]["sha256"], digest),
            Some("unpublished-release" | "release") => {
                assert_eq!(message.json()["release"]["contentDigest"]["sha256"], digest);
            }
            _ => {}
        }
    }
}

/// The payload of a document whose signatures all verify under the test keys that they name.
fn verified_payload(document: &Value) -> Vec<u8> {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let decode = |value: &str| URL_SAFE_NO_PAD.decode(value).expect("base64url");
    let payload = text(&document["payload"]);
    let signatures = document["signatures"].as_array().expect("signatures");
    assert!(!signatures.is_empty());
    for signature in signatures {
        let protected = text(&signature["protected"]);
        let header: Value = serde_json::from_slice(&decode(&protected)).expect("a header");
        assert_eq!(header["alg"], "ES256");
        let verifier = ES256
            .verifier_from_jwk(&test_key(&header["kid"]))
            .expect("a public key");
        verifier
            .verify(
                format!("{protected}.{payload}").as_bytes(),
                &decode(&text(&signature["signature"])),
            )
            .expect("a signature that verifies");
    }
    decode(&payload)
}

fn test_key(kid: &Value) -> Jwk {
    let keys = fs::read_to_string(repository("src/jws/test-keys.jwks")).expect("the test keys");
    let keys: Value = serde_json::from_str(&keys).expect("a key set");
    let found = keys["keys"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|key| key["kid"] == *kid);
    let mut key = found
        .unwrap_or_else(|| panic!("no test key {kid}"))
        .as_object()
        .expect("a key")
        .clone();
    // A verifier needs the public half alone.
    key.remove("d");
    Jwk::from_map(key).expect("a key")
}
