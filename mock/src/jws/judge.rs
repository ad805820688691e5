//! Acceptance of a document by the rule of SIG.

use super::{
    JwsDocument, JwsError, Key, KeyAlgorithm, KeyStore, SignatureEntry, SignaturePolicy, base64url,
    headers::{self, JoseHeader},
    hmac,
};

/// A document that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// `kid`s of the signatures that verified under a key trusted for the namespace, in order; at least one.
    pub signers: Vec<String>,
}

/// Accepts if and only if at least one signature verifies under a key for which `trusted_for` is true, no entry whose `kid` is in `keys`
/// fails, and no entry at all has a header that SIG forbids.
pub fn judge(
    document: &JwsDocument,
    keys: &KeyStore,
    trusted_for: impl Fn(&Key) -> bool,
    policy: &SignaturePolicy,
) -> Result<Accepted, JwsError> {
    let looked_at = if policy.only_first_signature {
        1
    } else {
        usize::MAX
    };
    let mut signers = Vec::new();
    let mut failure = None;
    let mut skipped = false;
    for (index, entry) in document.entries().iter().enumerate().take(looked_at) {
        if policy.skips_unreadable_headers && headers::is_unreadable(entry, policy)
            || policy.skips_critical_entries && headers::is_critical(entry, policy)
        {
            skipped = true;
            continue;
        }
        let judged = EntryJudge {
            index,
            entry,
            document,
            keys,
            policy,
        }
        .judge(&trusted_for);
        match judged {
            Ok(Standing::Counts(kid)) => signers.push(kid),
            Ok(Standing::Kept) => {}
            Err(error) => {
                failure.get_or_insert(error);
            }
        }
    }
    let no_signatures_accepted = skipped
        || document.entries().is_empty()
            && (policy.accepts_no_signatures || policy.unreadable_entries_are_none);
    let failure_forgiven = policy.any_valid_signature_suffices && !signers.is_empty();
    match failure {
        Some(error) if !failure_forgiven => Err(error),
        _ if signers.is_empty() && !no_signatures_accepted => Err(JwsError::UntrustedKey),
        _ => Ok(Accepted { signers }),
    }
}

/// What an entry that breaks no rule is worth.
enum Standing {
    /// A valid signature by a key trusted for the namespace.
    Counts(String),
    /// By an unknown key, or a valid one by another publisher.
    Kept,
}

struct EntryJudge<'a> {
    index: usize,
    entry: &'a SignatureEntry,
    document: &'a JwsDocument,
    keys: &'a KeyStore,
    policy: &'a SignaturePolicy,
}

impl EntryJudge<'_> {
    fn judge(&self, trusted_for: impl Fn(&Key) -> bool) -> Result<Standing, JwsError> {
        let header =
            JoseHeader::read(self.entry, self.policy).map_err(|reason| self.bad(&reason))?;
        let signature = base64url::decode(&self.entry.signature, self.policy)
            .ok_or_else(|| self.bad("it is not base64url"))?;
        if let Some(alg) = header.alg.as_deref() {
            self.check_never_allowed(alg)?;
        }
        if let Some(key) = self.embedded_key(&header) {
            self.verify(&key, header.alg.as_deref(), &signature)?;
            return Ok(Standing::Counts(header.kid.unwrap_or(key.kid)));
        }
        let Some(key) = self.key(&header, &signature)? else {
            return self.by_unknown_key(&header);
        };
        if !self.policy.any_key_of_publisher
            || !self.is_by_another_key_of(&key.identity, &header, &signature)
        {
            self.verify(key, header.alg.as_deref(), &signature)?;
        }
        if trusted_for(key) || self.policy.trusts_every_publisher {
            Ok(Standing::Counts(key.kid.clone()))
        } else {
            Ok(Standing::Kept)
        }
    }

    /// `none` and HMACs are refused in any entry, whoever it claims to be by (SIG-5).
    fn check_never_allowed(&self, alg: &str) -> Result<(), JwsError> {
        let is_none = alg.eq_ignore_ascii_case("none");
        if is_none && !self.policy.accepts_alg_none
            || is_hmac(alg) && !self.policy.hmac_with_public_key
        {
            return Err(self.unsupported(alg));
        }
        Ok(())
    }

    fn embedded_key(&self, header: &JoseHeader) -> Option<Key> {
        if !self.policy.trusts_embedded_jwk {
            return None;
        }
        Key::embedded(header.jwk.as_ref()?, header.alg.as_deref()?)
    }

    /// The known key that the entry names, or, where no `kid` is needed, the first that verifies.
    fn key(&self, header: &JoseHeader, signature: &[u8]) -> Result<Option<&Key>, JwsError> {
        let alg = header.alg.as_deref();
        match &header.kid {
            Some(kid) => Ok(self.keys.get(kid)),
            None => self
                .keys
                .keys()
                .find(|key| self.verify(key, alg, signature).is_ok())
                .map(Some)
                .ok_or_else(|| self.bad("no key verifies it")),
        }
    }

    fn is_by_another_key_of(&self, identity: &str, header: &JoseHeader, signature: &[u8]) -> bool {
        self.keys
            .keys()
            .filter(|key| key.identity == identity)
            .any(|key| self.verify(key, header.alg.as_deref(), signature).is_ok())
    }

    fn by_unknown_key(&self, header: &JoseHeader) -> Result<Standing, JwsError> {
        match &header.kid {
            Some(kid) if self.policy.trusts_unknown_kid => Ok(Standing::Counts(kid.clone())),
            _ if self.policy.refuses_unknown_signers => Err(JwsError::UntrustedKey),
            _ => Ok(Standing::Kept),
        }
    }

    fn verify(&self, key: &Key, alg: Option<&str>, signature: &[u8]) -> Result<(), JwsError> {
        let message = self.signing_input();
        if let Some(alg) = alg
            && !key.algorithm.is_named(alg, self.policy)
        {
            // `none` comes this far only where the policy takes it.
            if alg.eq_ignore_ascii_case("none") {
                return Ok(());
            }
            if is_hmac(alg) {
                return hmac::verifies_with_public_key(key, alg, &message, signature)
                    .then_some(())
                    .ok_or_else(|| self.bad("the HMAC does not match"));
            }
            if !self.policy.alg_not_bound_to_key {
                return Err(self.unsupported(alg));
            }
        }
        let signature = match signature.get(..KeyAlgorithm::SIGNATURE_LENGTH) {
            Some(beginning) if self.policy.accepts_long_signature => beginning,
            _ => signature,
        };
        let passes_unverified = self.policy.skips_verification
            || self.policy.fully_named_unverified && alg == Some("Ed25519");
        if passes_unverified || key.verifies(&message, signature) {
            return Ok(());
        }
        Err(self.bad("it is not this key's signature of these bytes"))
    }

    /// RFC 7515, section 5.2: the encoded header and payload as they were sent.
    fn signing_input(&self) -> Vec<u8> {
        let protected = self.entry.protected.as_deref().unwrap_or_default();
        format!("{protected}.{}", self.document.encoded_payload()).into_bytes()
    }

    fn bad(&self, reason: &str) -> JwsError {
        JwsError::BadSignature {
            index: self.index,
            reason: reason.to_owned(),
        }
    }

    fn unsupported(&self, alg: &str) -> JwsError {
        JwsError::UnsupportedAlgorithm {
            index: self.index,
            algorithm: alg.to_owned(),
        }
    }
}

/// Whether `alg` is an HMAC: `HS256` and its kin.
fn is_hmac(alg: &str) -> bool {
    alg.get(..2)
        .is_some_and(|beginning| beginning.eq_ignore_ascii_case("HS"))
}
