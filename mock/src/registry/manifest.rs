//! The release manifest and what it must look like (rules CRE-4 to CRE-9).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::{
    cause::Cause,
    config::Config,
    content::ContentFormat,
    digest::{ContentDigest, ContentDigestError, DigestAlgorithm, DigestPolicy},
    json,
    policy::{Policy, internal_error},
    problem::ProblemKind,
    refusal::Refusal,
    registry::{ReleaseKey, name, version},
};

/// Media type of a manifest that does not say.
pub(super) const DEFAULT_MEDIA_TYPE: &str = "application/wasm";

/// What a registry wants of manifests.
#[derive(Clone, Debug)]
pub(crate) struct ManifestRules {
    algorithms: Vec<DigestAlgorithm>,
    version_build: bool,
    tar: bool,
    is_faultless: bool,
    policy: Policy,
}

impl ManifestRules {
    /// The rules of a registry with these settings.
    pub(crate) fn new(config: &Config, policy: &Policy) -> Self {
        let mut algorithms = vec![DigestAlgorithm::Sha256];
        if config.sha512 {
            algorithms.push(DigestAlgorithm::Sha512);
        }
        Self {
            algorithms,
            version_build: config.version_build,
            tar: config.tar,
            is_faultless: config.defects.is_empty(),
            policy: policy.clone(),
        }
    }
}

/// A manifest that the registry takes.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    /// The bytes as they were sent: what a signature signs.
    pub bytes: Arc<[u8]>,
    /// The text of what is shown, where that is other than the bytes say. Set by defects alone.
    shown: Option<Box<str>>,
    /// Name and version.
    pub key: Arc<ReleaseKey>,
    /// Media type of the content, unless it is the default.
    media_type: Option<Box<str>>,
    /// What the content must hash to.
    pub digest: ContentDigest,
}

impl Manifest {
    /// Reads a manifest and checks everything that needs no look at other releases.
    pub(crate) fn parse(bytes: &[u8], rules: &ManifestRules) -> Result<Self, Refusal> {
        let create = &rules.policy.create;
        let crash = &rules.policy.crash;
        let members = Self::members(bytes, rules)?;
        if create.refuses_member(&members) {
            return Err(malformed("The manifest has a member that is not known."));
        }
        if create.wants_compact_json && has_white_space(bytes) {
            return Err(malformed("The manifest is not in its canonical form."));
        }
        let members = create.completed(members);
        crash.store_value(&Value::Object(members.clone()))?;
        let package_type = string(&members, "packageType")?;
        let name = string(&members, "name")?;
        let version = string(&members, "version")?;
        let media_type = match members.get("mediaType") {
            None => DEFAULT_MEDIA_TYPE,
            Some(Value::String(media_type)) if media_type.contains('/') => media_type,
            Some(_) => {
                return Err(malformed("The member mediaType is not a media type.")
                    .because(Some(Cause::WrongType)));
            }
        };
        let Some(Value::Object(digests)) = members.get("contentDigest") else {
            return Err(malformed(
                "The member contentDigest is missing or not an object.",
            ));
        };

        for text in [name, version]
            .into_iter()
            .chain(digests.keys().map(String::as_str))
        {
            crash.look_up(text)?;
        }
        let is_completed = create.default_namespace && !name.is_empty() && !name.contains(':');
        if create.refuses_name(name)
            || !create.takes_any_name && !name::is_valid(name) && !is_completed
        {
            let kind = if create.names_are_malformed {
                ProblemKind::MalformedManifest
            } else {
                ProblemKind::InvalidName
            };
            return Err(Refusal::new(kind, "The name is not namespace:label."));
        }
        if crash.overflows_versions && version::is_valid(version) && version::overflows(version) {
            return Err(internal_error("attempt to multiply with overflow"));
        }
        if create.refuses_version(version)
            || !create.takes_any_version && !version::is_valid(version)
        {
            return Err(Refusal::new(
                create.problem_of_versions(),
                "The version does not follow semver 2.0.0.",
            ));
        }
        if !rules.version_build && version.contains('+') {
            return Err(Refusal::new(
                create.problem_of_versions(),
                "Versions with build metadata are not supported.",
            ));
        }
        if !create.takes_any_package_type && package_type != "component" {
            return Err(Refusal::new(
                ProblemKind::UnsupportedPackageType,
                "The package type is not component.",
            ));
        }
        if !rules.tar && ContentFormat::of_media_type(media_type) == ContentFormat::Tar {
            return Err(Refusal::new(
                ProblemKind::UnsupportedMediaType,
                "Content of several entries is not supported.",
            ));
        }
        let digest = ContentDigest::parse(digests, &rules.algorithms, &rules.policy.digest)
            .map_err(|error| refuse_digest(&error, &rules.policy.digest))?;

        let mut manifest = Self {
            bytes: bytes.into(),
            shown: None,
            key: Arc::new(ReleaseKey {
                name: name.to_owned(),
                version: version.to_owned(),
            }),
            media_type: (media_type != DEFAULT_MEDIA_TYPE).then(|| media_type.into()),
            digest,
        };
        if !rules.is_faultless {
            let members = kept(
                create.kept_members(members),
                &manifest.digest,
                &rules.policy.digest,
            );
            manifest.show(&Value::Object(members));
        }
        Ok(manifest)
    }

    /// All members. Read anew each time: as values they take many times the memory of their text.
    pub(crate) fn value(&self) -> Value {
        let text = self
            .shown
            .as_ref()
            .map_or(&*self.bytes, |text| text.as_bytes());
        // What was read once reads again.
        json::parse(text).map_or(Value::Null, |document| document.value)
    }

    /// Shows other members from now on: what no registry may do.
    pub(super) fn show(&mut self, value: &Value) {
        self.shown = Some(value.to_string().into());
    }

    /// Media type of the content.
    pub(crate) fn media_type(&self) -> &str {
        self.media_type.as_deref().unwrap_or(DEFAULT_MEDIA_TYPE)
    }

    /// Whether a digest stands in it that is not verified.
    pub(crate) fn has_unknown_digest(&self) -> bool {
        let value = self.value();
        let digests = value["contentDigest"].as_object();
        digests.is_some_and(|digests| digests.len() > self.digest.algorithms().len())
    }

    /// The namespace that the name belongs to.
    pub(crate) fn namespace(&self) -> &str {
        self.key.namespace()
    }

    fn members(bytes: &[u8], rules: &ManifestRules) -> Result<Map<String, Value>, Refusal> {
        let document = json::parse(first_value(bytes, rules)).map_err(|error| {
            malformed(format!("The manifest is not JSON: {error}.")).because(error.cause())
        })?;
        if let (Some(member), false) = (
            &document.duplicate_member,
            rules.policy.create.takes_duplicate_members,
        ) {
            return Err(malformed(format!("The member {member:?} stands twice.")));
        }
        match document.value {
            Value::Object(members) => Ok(members),
            Value::Array(mut items)
                if rules.policy.create.unwraps_arrays
                    && items.len() == 1
                    && items.first().is_some_and(Value::is_object) =>
            {
                match items.swap_remove(0) {
                    Value::Object(members) => Ok(members),
                    _ => Err(malformed("The manifest is not a JSON object.")),
                }
            }
            _ => Err(malformed("The manifest is not a JSON object.")),
        }
    }
}

/// The members that are kept, less the digests that the registry drops by mistake (CRE-8, DIG-5).
fn kept(
    mut members: Map<String, Value>,
    digest: &ContentDigest,
    policy: &DigestPolicy,
) -> Map<String, Value> {
    let nothing_is_left = policy.accepts_unsupported_only && digest.algorithms().is_empty();
    if (policy.drops_unknown || nothing_is_left)
        && let Some(Value::Object(digests)) = members.get_mut("contentDigest")
    {
        digests.retain(|name, _| {
            DigestAlgorithm::from_name(name).is_some_and(|known| digest.get(known).is_some())
        });
    }
    members
}

/// The bytes, or those of the first value in them, where what follows it is not looked at.
fn first_value<'a>(bytes: &'a [u8], rules: &ManifestRules) -> &'a [u8] {
    if !rules.policy.create.ignores_trailing {
        return bytes;
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
    match values.next() {
        Some(Ok(_)) => bytes.get(..values.byte_offset()).unwrap_or(bytes),
        _ => bytes,
    }
}

/// Whether there is white space between the members of a document.
fn has_white_space(bytes: &[u8]) -> bool {
    let mut in_string = false;
    let mut escaped = false;
    bytes.iter().any(|&byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ => {}
        }
        !in_string && byte.is_ascii_whitespace()
    })
}

fn string<'a>(members: &'a Map<String, Value>, member: &str) -> Result<&'a str, Refusal> {
    match members.get(member) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(malformed(format!("The member {member} is not a string."))
            .because(Some(Cause::WrongType))),
        None => Err(malformed(format!("The member {member} is missing."))),
    }
}

fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(ProblemKind::MalformedManifest, detail)
}

fn refuse_digest(error: &ContentDigestError, policy: &DigestPolicy) -> Refusal {
    let kind = match error {
        ContentDigestError::NoSupportedAlgorithm if policy.unsupported_is_malformed => {
            ProblemKind::MalformedManifest
        }
        ContentDigestError::NoSupportedAlgorithm => ProblemKind::UnsupportedDigestAlgorithm,
        ContentDigestError::InvalidDigest { .. } => ProblemKind::InvalidDigest,
        ContentDigestError::NotAString { .. } => ProblemKind::MalformedManifest,
    };
    let is_type = matches!(error, ContentDigestError::NotAString { .. });
    Refusal::new(kind, error.to_string()).because(is_type.then_some(Cause::WrongType))
}
