//! Signatures of create and publish requests (rules SIG).

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    config::Config,
    digest::DigestAlgorithm,
    identity::Identities,
    json::{self, JsonError},
    jws::{self, JwsDocument, JwsError, KeyStore},
    policy::Policy,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
    registry::Manifest,
    wire::PublishRequest,
};

/// Judges the signatures of one registry's publishers.
#[derive(Clone, Debug)]
pub(crate) struct SignatureCheck {
    keys: KeyStore,
    identities: Identities,
    policy: Policy,
}

impl SignatureCheck {
    /// The judge of a registry with these settings.
    pub(crate) fn new(config: &Config, policy: &Policy) -> Self {
        Self {
            keys: config.keys.clone(),
            identities: config.identities.clone(),
            policy: policy.clone(),
        }
    }

    /// Reads a document.
    pub(crate) fn parse(&self, value: &Value) -> Result<JwsDocument, Refusal> {
        let document = JwsDocument::parse(value, &self.policy.signature)
            .map_err(|error| self.refuse(&error))?;
        let crash = &self.policy.crash;
        crash.store_value(value)?;
        for header in document.protected_headers(&self.policy.signature) {
            crash.store_value(&header)?;
            for text in header
                .as_object()
                .into_iter()
                .flatten()
                .flat_map(|(name, value)| [Some(name.as_str()), value.as_str()])
                .flatten()
            {
                crash.look_up(text)?;
            }
        }
        Ok(document)
    }

    /// Accepts or refuses a document for a namespace.
    pub(crate) fn judge(&self, document: &JwsDocument, namespace: &str) -> Result<(), Problem> {
        let trusted: HashSet<&str> = self
            .identities
            .iter()
            .filter(|identity| identity.namespaces.iter().any(|own| own == namespace))
            .map(|identity| identity.name.as_str())
            .collect();
        jws::judge(
            document,
            &self.keys,
            |key| trusted.contains(key.identity.as_str()),
            &self.policy.signature,
        )
        .map(|_| ())
        .map_err(|error| {
            self.refuse(&error)
                .because(document.cause(&self.policy.signature))
        })
    }

    /// Judges a publish request: first whether signatures hold, then what they sign, then the digest beside them (SIG-9, SIG-13, SIG-15).
    pub(crate) fn judge_publish(
        &self,
        manifest: &Manifest,
        signed_at_create: Option<JwsDocument>,
        request: &PublishRequest,
    ) -> Result<JwsDocument, Refusal> {
        let policy = &self.policy.publish;
        let unread = policy.ignores_added_signatures && signed_at_create.is_some();
        if signed_at_create.is_some() && request.signature.is_some() && policy.refuses_added {
            return Err(Refusal::new(
                ProblemKind::MalformedRequest,
                "The release has been signed.",
            ));
        }
        let signed_at_create = signed_at_create
            .filter(|_| !(policy.wants_signature_again && request.signature.is_none()));
        let added = match &request.signature {
            Some(value) if !unread => match self.parse(value) {
                Err(problem)
                    if policy.unreadable_is_unsigned
                        && problem.kind() == ProblemKind::MalformedRequest =>
                {
                    None
                }
                parsed => Some(parsed?),
            },
            _ => None,
        };
        let unsigned_will_do =
            policy.unsigned_will_do && request.signature.is_none() || policy.unreadable_is_unsigned;
        let signature = match (signed_at_create, added) {
            (None, None) if unsigned_will_do => JwsDocument::unsigned(&manifest.bytes),
            (None, None) => return Err(refuse(&JwsError::MissingSignature).into()),
            (None, Some(added))
                if self.policy.signature.long_kid_passes
                    && added.has_long_kid(&self.policy.signature) =>
            {
                return Ok(added);
            }
            (None, Some(added)) => {
                self.judge(&added, manifest.namespace())?;
                self.compare_values(manifest, &added)?;
                added
            }
            (Some(created), None) => created,
            (Some(created), Some(_)) if policy.drops_added => created,
            (Some(created), Some(added)) => self.add(manifest, created, &added)?,
        };
        self.compare_release_digest(&signature, request)?;
        Ok(signature.recorded(&self.keys, &self.policy.signature))
    }

    /// Adds signatures to those of a signed create. What was added has to hold by itself as far as its keys are known; the trusted
    /// signature may be the one that is there.
    fn add(
        &self,
        manifest: &Manifest,
        created: JwsDocument,
        added: &JwsDocument,
    ) -> Result<JwsDocument, Problem> {
        match self.judge(added, manifest.namespace()) {
            Ok(()) => {}
            Err(problem)
                if problem.kind == ProblemKind::UntrustedKey
                    && added.payload() == created.payload() => {}
            Err(problem) => return Err(problem),
        }
        let mut merged = created;
        merged.merge(added).map_err(|error| refuse(&error))?;
        self.judge(&merged, manifest.namespace())?;
        Ok(merged)
    }

    fn compare_values(&self, manifest: &Manifest, document: &JwsDocument) -> Result<(), Problem> {
        let signed = json::parse_strict(document.payload());
        let cause = signed.as_ref().err().and_then(JsonError::cause);
        let same = || {
            if self.policy.publish.compares_bytes {
                return *document.payload() == *manifest.bytes;
            }
            let created = json::parse(&manifest.bytes);
            matches!((&signed, created), (Ok(signed), Ok(created)) if json::equal(signed, &created.value))
        };
        if self.policy.publish.skips_payload || same() {
            Ok(())
        } else {
            Err(refuse(&JwsError::PayloadMismatch).because(cause))
        }
    }

    fn compare_release_digest(
        &self,
        document: &JwsDocument,
        request: &PublishRequest,
    ) -> Result<(), Problem> {
        let digests = match &request.release_digest {
            None if self.policy.publish.wants_release_digest => {
                return Err(Problem::new(
                    ProblemKind::ReleaseDigestMismatch,
                    "The releaseDigest is missing.",
                ));
            }
            None => return Ok(()),
            Some(_) if self.policy.publish.skips_release_digest => return Ok(()),
            Some(digests) => digests,
        };
        let signed_bytes = if self.policy.publish.digests_rewritten_manifest {
            serde_json::from_slice::<Value>(document.payload())
                .map_or_else(|_| Vec::new(), |value| value.to_string().into_bytes())
        } else {
            document.payload().to_vec()
        };
        let mismatch = if self.policy.publish.misnames_release_digest {
            ProblemKind::DigestMismatch
        } else {
            ProblemKind::ReleaseDigestMismatch
        };
        let mut compared = false;
        for (name, digest) in digests {
            let Some(algorithm) = DigestAlgorithm::from_name(name) else {
                continue;
            };
            compared = true;
            if algorithm.digest(&signed_bytes).to_hex() != *digest {
                return Err(Problem::new(
                    mismatch,
                    format!("The {name} of releaseDigest is not that of the signed bytes."),
                ));
            }
        }
        if compared {
            Ok(())
        } else {
            Err(Problem::new(
                if mismatch == ProblemKind::DigestMismatch {
                    mismatch
                } else {
                    ProblemKind::UnsupportedDigestAlgorithm
                },
                "The releaseDigest has no supported algorithm.",
            ))
        }
    }

    fn refuse(&self, error: &JwsError) -> Problem {
        let problem = refuse(error);
        if self.policy.signature.misnames_bad_base64 && problem.detail.contains("not base64url") {
            Problem::new(ProblemKind::MalformedManifest, problem.detail)
        } else {
            problem
        }
    }
}

fn refuse(error: &JwsError) -> Problem {
    let kind = ProblemKind::from_name(error.problem()).unwrap_or(ProblemKind::BadSignature);
    Problem::new(kind, error.to_string())
}
