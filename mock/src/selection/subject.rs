//! What faults and canned answers know of a request before the registry does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    handlers::{Request, Route},
    operation::Operation,
    registry::ReleaseKey,
    session::Session,
};

/// Bytes of a body that are looked into; a larger one names no release.
const LOOKED_INTO: usize = 8 << 20;

/// What faults and canned answers know of a request.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// Method.
    pub method: Method,
    /// What it asks for, if that is an operation.
    pub operation: Option<Operation>,
    /// Path relative to the base URL, decoded, without a leading slash; `None` where it lies outside.
    pub path: Option<String>,
    /// The release that it is about, as far as it says one.
    pub release: Option<ReleaseKey>,
    /// Digest of what its body says, where that is looked at: of the manifest, for create, because the signature around it may be
    /// another each time. Nothing for uploads, which are not read in advance, and for publish, whose body holds such a signature.
    pub body_digest: [u8; 32],
}

/// Finds out what a request is about; the path is relative to the base URL. Its body is read in advance only where a fault or a
/// canned answer that is set depends on it.
pub(crate) async fn identify(
    session: &Session,
    route: Option<&Route>,
    path: Option<&str>,
    request: &mut Request,
) -> Subject {
    let mut subject = Subject {
        method: request.method.clone(),
        operation: route.map(|route| route.operation),
        path: path.map(|path| percent_decode_str(path).decode_utf8_lossy().into_owned()),
        release: route.and_then(|route| route.resource.key()).cloned(),
        body_digest: [0; 32],
    };
    if let Some(operation) = subject.operation
        && (session.faults.wants_body(operation) || session.answers.wants_body(operation))
        && let Some(body) = request.peek_body(LOOKED_INTO).await
    {
        let said = if operation == Operation::Create {
            manifest_of(&body)
        } else {
            body.into()
        };
        if operation == Operation::Create {
            subject.release = named_in(&said);
        }
        subject.body_digest = Sha256::digest(&said).into();
    }
    subject
}

/// The manifest in the body of a create: the payload of a JWS, or the body itself.
fn manifest_of(body: &[u8]) -> Vec<u8> {
    serde_json::from_slice::<Value>(body)
        .ok()
        .and_then(|document| {
            URL_SAFE_NO_PAD
                .decode(document.get("payload")?.as_str()?)
                .ok()
        })
        .unwrap_or_else(|| body.to_vec())
}

fn named_in(manifest: &[u8]) -> Option<ReleaseKey> {
    let manifest: Value = serde_json::from_slice(manifest).ok()?;
    let text = |member: &str| Some(manifest.get(member)?.as_str()?.to_owned());
    Some(ReleaseKey {
        name: text("name")?,
        version: text("version")?,
    })
}
