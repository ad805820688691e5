//! Publishing a release: create, supply the content, sign and publish, wait for the end.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::content::{self, Algorithm, TAR, WASM};
use crate::failure::Failure;
use crate::json::same;
use crate::signature;
use crate::transport::{Answer, Request, Session, extended, pause, problem_text, request};

const JSON: &str = "application/json";

/// What is to be published.
struct Order<'a> {
    manifest: Value,
    /// Serialised once: what is signed has to be, octet by octet, what was created.
    manifest_octets: Bytes,
    /// Where the release will be.
    url: Url,
    content: Bytes,
    media_type: &'static str,
    sources: &'a [&'a str],
}

pub(crate) async fn publish(
    session: &Session,
    name: &str,
    version: &str,
    path: &str,
    sources: &[&str],
    key: &Value,
) -> Result<(), Failure> {
    let content = Bytes::from(std::fs::read(path)?);
    let is_archive = Path::new(path).extension().is_some_and(|end| end == "tar");
    let media_type = if is_archive { TAR } else { WASM };
    let manifest = json!({
        "packageType": "component",
        "name": name,
        "version": version,
        "contentDigest": {"sha256": content::digest(&content, media_type, Algorithm::Sha256)?},
        "mediaType": media_type,
    });
    let order = Order {
        manifest_octets: Bytes::from(manifest.to_string()),
        manifest,
        url: session.url(&["components", name, &format!("v{version}")]),
        content,
        media_type,
        sources,
    };

    let (created, status_url) = create(session, &order).await?;
    match state(&created.document()?) {
        // By an earlier try whose answer was lost.
        Some("published") => Ok(()),
        Some("pending") => {
            supply(session, &order, &created).await?;
            match submit(session, &order, key, status_url).await? {
                Some((status_url, asked)) => wait(session, status_url, asked).await,
                None => Ok(()),
            }
        }
        _ => wait(session, status_url, created.retry_after()).await,
    }
}

/// The answer that holds the unpublished release, and the URL of its status.
async fn create(session: &Session, order: &Order<'_>) -> Result<(Answer, Url), Failure> {
    let create = Request::post(
        session.url(&["releases"]),
        JSON,
        order.manifest_octets.clone(),
    );
    let answer = request(session, create).await?;
    if answer.status == 409 && answer.after_loss {
        return existing(session, order).await;
    }
    let status_url = answer.expect(&[201])?.location()?.ok_or_else(|| {
        Failure::because("the registry did not say where the unpublished release is")
    })?;
    Ok((answer, status_url))
}

/// What is there already: ours, if the answer to our own create was lost, and otherwise somebody's.
async fn existing(session: &Session, order: &Order<'_>) -> Result<(Answer, Url), Failure> {
    let (name, version) = (&order.manifest["name"], &order.manifest["version"]);
    // The only time that a client builds the URL of the status, as the Location was lost with the answer.
    let status_url = extended(&order.url, &["unpublished"]);
    let mut answer = request(session, Request::get(status_url.clone())).await?;
    if answer.status == 404 {
        // A registry may forget the status once the release is published.
        answer = request(session, Request::get(order.url.clone())).await?;
    }
    if !same(
        &answer.expect(&[200])?.document()?["release"],
        &order.manifest,
    ) {
        return Err(Failure::because(format!(
            "{name} {version} exists already, with another manifest"
        )));
    }
    Ok((answer, status_url))
}

async fn supply(session: &Session, order: &Order<'_>, created: &Answer) -> Result<(), Failure> {
    let supply = if order.sources.is_empty() {
        let document = created.document()?;
        let upload_url = document["uploadUrl"].as_str().ok_or_else(|| {
            Failure::because("the registry takes no uploads: give it content sources instead")
        })?;
        let upload_url = created.reference(upload_url)?;
        Request::post(upload_url, order.media_type, order.content.clone())
    } else {
        let sources: Vec<_> = order
            .sources
            .iter()
            .map(|url| json!({"url": url}))
            .collect();
        let body = json!({"contentSources": sources}).to_string();
        Request::post(
            extended(&order.url, &["content-sources"]),
            JSON,
            body.into(),
        )
    };
    let answer = request(session, supply).await?;
    if !(200..300).contains(&answer.status) {
        answer.expect(&[200])?;
    }
    Ok(())
}

/// Asks for publication. What there is to wait for: the URL of the status, and for how long; `None` when all is done.
async fn submit(
    session: &Session,
    order: &Order<'_>,
    key: &Value,
    status_url: Url,
) -> Result<Option<(Url, Option<Duration>)>, Failure> {
    let body = json!({
        "releaseSignature": signature::sign(&order.manifest_octets, key)?,
        "releaseDigest": {"sha256": hex::encode(Sha256::digest(&order.manifest_octets))},
    });
    let publish = Request::post(order.url.clone(), JSON, body.to_string().into());
    let answer = request(session, publish).await?;
    if [404, 409].contains(&answer.status) && answer.after_loss {
        return resolve(session, order, &answer).await;
    }
    if answer.expect(&[200, 201, 202])?.status != 202 {
        return Ok(None);
    }
    let status_url = answer.location()?.unwrap_or(status_url);
    Ok(Some((status_url, answer.retry_after())))
}

/// The registry may have taken an earlier try whose answer was lost: what exists says more than this refusal.
async fn resolve(
    session: &Session,
    order: &Order<'_>,
    refused: &Answer,
) -> Result<Option<(Url, Option<Duration>)>, Failure> {
    let (answer, status_url) = existing(session, order).await?;
    match state(&answer.document()?) {
        Some("published") => return Ok(None),
        Some("pending") => {
            let problem = refused.document()?;
            if !problem["type"]
                .as_str()
                .is_some_and(|kind| kind.ends_with("processing"))
            {
                refused.expect(&[200])?;
            }
        }
        _ => {}
    }
    Ok(Some((status_url, Some(Duration::ZERO))))
}

/// Polls until the end: success is `published` and nothing else.
async fn wait(session: &Session, url: Url, asked: Option<Duration>) -> Result<(), Failure> {
    let mut asked = asked;
    for attempt in 0.. {
        pause(session, asked, attempt, "the release is not finished").await?;
        let answer = request(session, Request::get(url.clone())).await?;
        let document = answer.expect(&[200])?.document()?;
        match state(&document) {
            Some("published") => return Ok(()),
            Some(end @ ("failed" | "expired")) => {
                let reason = problem_text(&document["error"]);
                return Err(Failure::because(format!("{end}: {reason}")));
            }
            // Any other state, known here or not, is one that the registry will leave again.
            _ => asked = answer.retry_after(),
        }
    }
    Ok(())
}

/// Once published, a registry may redirect from the status to the release, which has no status but a signature.
fn state(document: &Value) -> Option<&str> {
    let signed = document.get("releaseSignature").map(|_| "published");
    document["status"].as_str().or(signed)
}
