//! What holds where a target file says nothing.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use serde_json::{Value, json};
use url::Url;

use super::{
    Capabilities, Deadlines, Identities, Identity, Limits, OriginOptions, Paths, ProblemTypes,
    ReadAs, Target, TlsFiles,
};

const MANIFEST_READER_TOKEN: &str = "conformance-manifest-reader";

/// Where a bundled registry keeps private releases.
const BUNDLED_PRIVATE_NAMESPACE: &str = "conformance-private.test";

impl Target {
    /// What `--registry URL` alone means. The URL's path is made to end in `/`.
    pub fn with_defaults(registry: Url) -> Self {
        Self {
            registry: with_final_slash(registry),
            identities: Identities {
                identities: vec![publisher("owner"), publisher("other"), reader("reader")],
            },
            private_namespace: None,
            read_as: ReadAs::Anonymous,
            keys: None,
            tls: TlsFiles::default(),
            capabilities: Capabilities::default(),
            paths: Paths::default(),
            problems: ProblemTypes::default(),
            origin: OriginOptions {
                bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                public_url: None,
                tls: false,
                ca: None,
            },
            deadlines: Deadlines {
                exchange: Duration::from_secs(10),
                processing: Duration::from_secs(30),
                source: Duration::from_secs(10),
                expiry: None,
                retention: None,
            },
            limits: Limits {
                manifest: 1 << 20,
                content: 64 << 20,
            },
        }
    }

    /// The bundled registry: every capability on, all identities, and a private namespace.
    ///
    /// What depends on how that registry is started (its limit of sources, address policy, expiry, deadlines) is
    /// its caller's to set.
    pub fn bundled_defaults(registry: Url) -> Self {
        let mut target = Self::with_defaults(registry);
        target.identities.identities.push(manifest_reader());
        target.private_namespace = Some(BUNDLED_PRIVATE_NAMESPACE.to_owned());
        let everything: [(&str, Value); 16] = [
            ("upload", json!(true)),
            ("upload.chunked", json!(true)),
            ("sources", json!(true)),
            ("sources.replace", json!(true)),
            ("sources.credentials", json!(true)),
            ("sources.recheck", json!(true)),
            ("digest.sha512", json!(true)),
            ("create.signed", json!(true)),
            ("jws.ed25519", json!(["EdDSA", "Ed25519"])),
            ("version.build", json!(true)),
            ("async", json!(true)),
            ("cancel", json!(true)),
            ("access.private", json!(true)),
            ("access.separate", json!(true)),
            ("assets.tar", json!(true)),
            ("assets.per-entry", json!(true)),
        ];
        for (name, value) in everything
            .into_iter()
            .chain([("validates.component", json!(true))])
        {
            let set = target.capabilities.set(name, &value);
            debug_assert!(set.is_ok(), "{name} is not in the table");
        }
        target
    }
}

pub(super) fn with_final_slash(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

/// The default of an identity; `None` for one that exists only when the file names it.
pub(super) fn default_token(name: &str) -> &'static str {
    match name {
        "owner" => "conformance-owner",
        "other" => "conformance-other",
        "reader" => "conformance-reader",
        _ => MANIFEST_READER_TOKEN,
    }
}

/// The default namespace of a publisher.
pub(super) fn default_namespace(name: &str) -> Option<&'static str> {
    match name {
        "owner" => Some("conformance-owner.test"),
        "other" => Some("conformance-other.test"),
        _ => None,
    }
}

fn publisher(name: &str) -> Identity {
    Identity::with_token(
        name,
        default_namespace(name).map(ToOwned::to_owned),
        default_token(name),
    )
}

fn reader(name: &str) -> Identity {
    Identity::with_token(name, None, default_token(name))
}

fn manifest_reader() -> Identity {
    reader("manifest-reader")
}
