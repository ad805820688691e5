//! From the path of a request to the resource it names. Paths are matched as they were sent, percent-encoded, so that an encoded
//! slash never becomes a separator.

use http::Method;
use percent_encoding::percent_decode_str;

use crate::{
    config::Config,
    operation::Operation,
    policy::{Policy, internal_error},
    problem::ProblemKind,
    refusal::{Refusal, not_found},
    registry::{ReleaseKey, UnpublishedAddress, is_valid_version},
};

/// A resource of the Publish API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Where releases are created.
    Releases,
    /// An unpublished release.
    Unpublished(UnpublishedAddress),
    /// Where content is uploaded.
    Upload {
        /// Whose content.
        key: ReleaseKey,
        /// Names the attempt.
        token: String,
    },
    /// The sources of a release.
    ContentSources(ReleaseKey),
    /// A release.
    Release(ReleaseKey),
    /// Uploaded content of a release.
    Content(ReleaseKey),
}

impl Resource {
    /// The resource at a path relative to the base URL, without a leading slash.
    pub(crate) fn at(path: &str, config: &Config, policy: &Policy) -> Result<Self, Refusal> {
        if path == config.create_path {
            return Ok(Self::Releases);
        }
        if policy.errors.bad_path_is_internal_error {
            decode(path).map_err(|refusal| policy.errors.bad_path(refusal))?;
        }
        policy.crash.look_up_path(path)?;
        let segments: Vec<&str> = path.split('/').collect();
        let ["components", name, version, rest @ ..] = segments.as_slice() else {
            return Err(not_found());
        };
        let decode = |segment: &str| {
            let text = decode(segment).map_err(|refusal| policy.errors.bad_path(refusal))?;
            policy.crash.look_up(&text)?;
            Ok::<_, Refusal>(text)
        };
        let name = if policy.reading.compares_encoded_names {
            (*name).to_owned()
        } else {
            decode(name)?
        };
        let version = decode(version)?;
        let version = match version.strip_prefix('v') {
            Some(version) => version.to_owned(),
            None if policy.errors.version_without_v => version,
            None => return Err(not_found()),
        };
        if policy.crash.parses_versions && !is_valid_version(&version) {
            return Err(internal_error(
                "called `Result::unwrap()` on an `Err` value",
            ));
        }
        let key = ReleaseKey { name, version };
        match rest {
            [] => Ok(Self::Release(key)),
            ["unpublished"] => Ok(Self::Unpublished(UnpublishedAddress { key, token: None })),
            ["unpublished", token] => Ok(Self::Unpublished(UnpublishedAddress {
                key,
                token: Some((*token).to_owned()),
            })),
            ["uploads", token] if config.uploads => Ok(Self::Upload {
                key,
                token: (*token).to_owned(),
            }),
            ["content"] if config.uploads => Ok(Self::Content(key)),
            ["content-sources"] if config.sources => Ok(Self::ContentSources(key)),
            _ => Err(not_found()),
        }
    }

    /// The operation of a method that it supports.
    pub(crate) fn operation(&self, method: &Method) -> Operation {
        match self {
            Self::Releases => Operation::Create,
            Self::Unpublished(_) if *method == Method::DELETE => Operation::Cancel,
            Self::Unpublished(_) => Operation::Status,
            Self::Upload { .. } => Operation::Upload,
            Self::ContentSources(_) if *method == Method::PUT => Operation::ReplaceSources,
            Self::ContentSources(_) => Operation::AddSources,
            Self::Release(_) if *method == Method::POST => Operation::Publish,
            Self::Release(_) => Operation::Get,
            Self::Content(_) => Operation::Content,
        }
    }

    /// The release that it belongs to.
    pub(crate) fn key(&self) -> Option<&ReleaseKey> {
        match self {
            Self::Releases => None,
            Self::Unpublished(address) => Some(&address.key),
            Self::Upload { key, .. }
            | Self::ContentSources(key)
            | Self::Release(key)
            | Self::Content(key) => Some(key),
        }
    }

    /// The methods that it supports.
    pub(crate) fn methods(&self, config: &Config) -> Vec<Method> {
        match self {
            Self::Unpublished(_) if config.cancel => {
                vec![Method::GET, Method::HEAD, Method::DELETE]
            }
            Self::Unpublished(_) | Self::Content(_) => vec![Method::GET, Method::HEAD],
            Self::ContentSources(_) if config.replace_sources => vec![Method::POST, Method::PUT],
            Self::Releases | Self::Upload { .. } | Self::ContentSources(_) => vec![Method::POST],
            Self::Release(_) => vec![Method::GET, Method::HEAD, Method::POST],
        }
    }
}

/// Octets that are no text name nothing, but a client that sends them is better told than sent looking.
fn decode(segment: &str) -> Result<String, Refusal> {
    let text = percent_decode_str(segment).decode_utf8().map_err(|_| {
        Refusal::new(
            ProblemKind::MalformedRequest,
            "A segment of the path is not UTF-8.",
        )
    })?;
    Ok(text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str, version: &str) -> ReleaseKey {
        ReleaseKey {
            name: name.to_owned(),
            version: version.to_owned(),
        }
    }

    #[test]
    fn names_resources_by_encoded_segments() {
        let config = Config::new().unwrap();
        for (path, expected) in [
            ("releases", Some(Resource::Releases)),
            ("releases/", None),
            ("", None),
            (
                "components/a.b:c/v1.0.0",
                Some(Resource::Release(key("a.b:c", "1.0.0"))),
            ),
            (
                "components/a.b%3Ac/v1.0.0",
                Some(Resource::Release(key("a.b:c", "1.0.0"))),
            ),
            (
                "components/a.b%3ac/%761.0.0",
                Some(Resource::Release(key("a.b:c", "1.0.0"))),
            ),
            (
                "components/a%2Fb/v1",
                Some(Resource::Release(key("a/b", "1"))),
            ),
            (
                "components/a:b/v1.0.0+x",
                Some(Resource::Release(key("a:b", "1.0.0+x"))),
            ),
            ("components/a:b/1.0.0", None),
            ("components/a:b", None),
            ("components/a:b/v1.0.0/", None),
            (
                "components/a:b/v1.0.0/content-sources",
                Some(Resource::ContentSources(key("a:b", "1.0.0"))),
            ),
            (
                "components//v1.0.0",
                Some(Resource::Release(key("", "1.0.0"))),
            ),
            ("components/%ff/v1.0.0", None),
            ("components/../components/a:b/v1.0.0", None),
        ] {
            assert_eq!(
                Resource::at(path, &config, &Policy::default()).ok(),
                expected,
                "{path}"
            );
        }
    }
}
