//! Fetching a release: trust is in the keys and the digest, not in the registry or in who serves the content.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::content::{self, TAR, WASM};
use crate::failure::Failure;
use crate::json::same;
use crate::signature;
use crate::transport::{Answer, Request, Session, follow, is_retried, pause, request};

/// Octets, in memory.
const LARGEST_CONTENT: usize = 256 << 20;
/// Through the sources that may still come to serve.
const ROUNDS: u32 = 5;

pub(crate) async fn fetch(
    session: &Session,
    name: &str,
    version: &str,
    trusted: &Value,
    output: &Path,
) -> Result<(), Failure> {
    let url = session.url(&["components", name, &format!("v{version}")]);
    let answer = request(session, Request::get(url)).await?;
    let document = answer.expect(&[200])?.document()?;
    let manifest = signed_manifest(&document, trusted)?;
    // A good signature over another release would lead us to other content, an old and vulnerable version for example.
    if manifest["name"] != name || manifest["version"] != version {
        return Err(Failure::because(format!(
            "asked for {name} {version}, the release is {} {}",
            manifest["name"], manifest["version"]
        )));
    }
    let media_type = manifest["mediaType"].as_str().unwrap_or(WASM);
    let content = download(session, &answer, sources(&document), |content| {
        content::verify(content, media_type, &manifest["contentDigest"])
    })
    .await?;
    keep(&content, media_type, output)
}

/// The manifest that was signed, which has to be the one that is shown.
fn signed_manifest(document: &Value, trusted: &Value) -> Result<Value, Failure> {
    let signed = signature::verify(&document["releaseSignature"], trusted)?;
    let manifest = serde_json::from_slice(&signed)?;
    if !same(&manifest, &document["release"]) {
        return Err(Failure::because(
            "the signature is for another manifest than the release shows",
        ));
    }
    Ok(manifest)
}

/// A source with `path` serves a single entry, which this client leaves out.
fn sources(document: &Value) -> Vec<&str> {
    let sources = document["contentSources"].as_array();
    let whole = |source: &&Value| source.get("path").is_none();
    sources
        .into_iter()
        .flatten()
        .filter(whole)
        .filter_map(|source| source["url"].as_str())
        .collect()
}

/// Content from the first source that serves what the digest says.
async fn download(
    session: &Session,
    release: &Answer,
    mut sources: Vec<&str>,
    verify: impl Fn(&[u8]) -> Result<(), Failure>,
) -> Result<Bytes, Failure> {
    let mut reason = "the release has no source of its whole content".to_owned();
    let mut asked: Option<Duration> = None;
    for round in 0..ROUNDS {
        if sources.is_empty() {
            break;
        }
        if round > 0 {
            pause(session, asked.take(), round - 1, &reason).await?;
        }
        // Those that may serve later; what serves other bytes is out.
        let mut again = Vec::new();
        for (left, source) in (1..=sources.len()).rev().zip(&sources) {
            // A share of the time each: a source that drips or stalls must not use up that of the next one.
            let share = u32::try_from(left + 1).unwrap_or(u32::MAX);
            let time = session.remaining() / share;
            match try_source(session, release, source, time).await {
                Ok(answer) if is_retried(answer.status) => {
                    again.push(*source);
                    asked = asked.max(answer.retry_after());
                    reason = answer.refusal();
                }
                Ok(answer) => match answer.expect(&[200]).and_then(|_| verify(&answer.body)) {
                    Ok(()) => return Ok(answer.body),
                    Err(failure) => reason = failure.to_string(),
                },
                Err(failure) => {
                    if matches!(failure, Failure::LostAnswer { .. }) {
                        again.push(*source);
                    }
                    reason = failure.to_string();
                }
            }
        }
        sources = again;
    }
    Err(Failure::because(format!(
        "no source serves the content; the last: {reason}"
    )))
}

async fn try_source(
    session: &Session,
    release: &Answer,
    source: &str,
    time: Duration,
) -> Result<Answer, Failure> {
    let get = Request::get(release.reference(source)?);
    follow(session, &get, time, LARGEST_CONTENT).await
}

/// Puts the content in its place by a rename from beside it: what is there is whole and verified.
fn keep(content: &[u8], media_type: &str, output: &Path) -> Result<(), Failure> {
    let output = std::path::absolute(output)?;
    let beside = output
        .parent()
        .ok_or_else(|| Failure::because("CONFORMANCE_OUTPUT is no path for a file"))?;
    let folder = tempfile::Builder::new()
        .prefix(".fetch-")
        .tempdir_in(beside)?;
    let kept = folder.path().join("content");
    if media_type == TAR {
        content::unpack(content, &kept)?;
    } else {
        fs::write(&kept, content)?;
    }
    Ok(fs::rename(kept, output)?)
}
