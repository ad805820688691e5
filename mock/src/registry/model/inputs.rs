//! What operations hand to the state machine, and what is recognised in what it hands out.

use serde_json::json;

use crate::{identity::Caller, jws::JwsDocument};

use super::super::{
    Manifest, ManifestRules, ReleaseKey, RemoteSource, Source, SourceRules, UnpublishedAddress,
};
use super::expected::KEYS;
use super::machine::{DIGEST, Machine};
use super::operation::{Address, Place, Who};

impl Machine<'_> {
    pub(super) fn caller(&self, who: Who) -> Caller {
        let token = match who {
            Who::Owner => "conformance-owner",
            Who::Other => "conformance-other",
            Who::Reader => "conformance-reader",
            Who::ManifestReader => "conformance-manifest-reader",
            Who::Nobody => return Caller::Anonymous,
        };
        Caller::Identity(self.workshop.config.identities.by_token(token).unwrap())
    }

    pub(super) fn manifest(&self, key: usize, variant: usize) -> Manifest {
        let (name, version, _) = KEYS[key];
        let document = json!({
            "packageType": "component",
            "name": name,
            "version": version,
            "contentDigest": {"sha256": DIGEST},
            "variant": variant,
            "creator": "somebody else",
        });
        let rules = ManifestRules::new(&self.workshop.config, &self.policy);
        Manifest::parse(document.to_string().as_bytes(), &rules).unwrap()
    }

    /// Each is another, so that a release that takes a later one is seen to.
    pub(super) fn signature(&mut self) -> JwsDocument {
        self.signatures += 1;
        let document = json!({
            "payload": "e30",
            "signatures": [{"protected": "e30", "signature": "", "header": {"number": self.signatures}}],
        });
        JwsDocument::parse(&document, &self.policy.signature).unwrap()
    }

    pub(super) fn source(&self, place: Place) -> Source {
        let Place::Mirror(number) = place else {
            return Source::Own;
        };
        let rules = SourceRules {
            crash: &self.policy.crash,
            schemes: &self.workshop.config.source_schemes,
            credentials: true,
            per_entry: true,
            fetcher: &self.workshop.fetcher,
            policy: &self.policy.sources,
        };
        let source = json!({"url": format!("http://{number}.test/")});
        Source::Remote(Box::new(RemoteSource::parse(&source, &rules).unwrap()))
    }

    /// The address with a number that counts, and as the registry is asked.
    pub(super) fn address(&self, key: usize, address: Address) -> (Address, UnpublishedAddress) {
        let found = match address {
            Address::Current => None,
            Address::Attempt(number) => nth_last(self.known.len(), number),
        };
        let shown = UnpublishedAddress {
            key: release_key(key),
            token: found.and_then(|index| self.known[index].2.clone()),
        };
        (found.map_or(Address::Current, Address::Attempt), shown)
    }
}

pub(super) fn nth_last(length: usize, number: usize) -> Option<usize> {
    length.checked_sub(1).map(|last| last - number % length)
}

pub(super) fn release_key(key: usize) -> ReleaseKey {
    ReleaseKey {
        name: KEYS[key].0.to_owned(),
        version: KEYS[key].1.to_owned(),
    }
}

pub(super) fn creator(who: Who) -> &'static str {
    if who == Who::Owner { "owner" } else { "other" }
}

pub(super) fn places_of(sources: &[Source]) -> Vec<Place> {
    let place = |source: &Source| match source {
        Source::Own => Place::Own,
        Source::Remote(remote) => Place::Mirror(
            remote
                .shown_url
                .bytes()
                .find(u8::is_ascii_digit)
                .map_or(u8::MAX, |digit| digit - b'0'),
        ),
    };
    sources.iter().map(place).collect()
}
