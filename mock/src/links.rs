//! URLs of the registry's resources, as clients see them.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::registry::ReleaseKey;

/// All but what RFC 3986 lets stand in a path segment anyway.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'+')
    .remove(b':');

/// Builds the URLs of one registry.
#[derive(Clone, Debug)]
pub(crate) struct Links {
    base: String,
    upload_base: Option<String>,
}

impl Links {
    /// From the base URL and, where uploads go to another origin, theirs; a missing slash at the end is added.
    pub(crate) fn new(base: &str, upload_base: Option<&str>) -> Self {
        let with_slash = |url: &str| format!("{}/", url.trim_end_matches('/'));
        Self {
            base: with_slash(base),
            upload_base: upload_base.map(with_slash),
        }
    }

    /// Those of a registry of its own below these.
    pub(crate) fn below(&self, path: &str) -> Self {
        let below = |base: &String| format!("{base}{path}/");
        Self {
            base: below(&self.base),
            upload_base: self.upload_base.as_ref().map(below),
        }
    }

    /// The base URL, with a slash at the end.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Whether uploads go to another origin, where the URL alone authorises them.
    pub(crate) fn uploads_elsewhere(&self) -> bool {
        self.upload_base.is_some()
    }

    /// The release.
    pub(crate) fn release(&self, key: &ReleaseKey) -> String {
        format!("{}{}", self.base, path(key))
    }

    /// The unpublished release at the address that clients can build.
    pub(crate) fn unpublished(&self, key: &ReleaseKey) -> String {
        format!("{}/unpublished", self.release(key))
    }

    /// The unpublished release at an address that nobody can guess, where it has such a one.
    pub(crate) fn status(&self, key: &ReleaseKey, token: Option<&str>) -> String {
        let unpublished = self.unpublished(key);
        match token {
            Some(token) => format!("{unpublished}/{token}"),
            None => unpublished,
        }
    }

    /// Where content is uploaded.
    pub(crate) fn upload(&self, key: &ReleaseKey, token: &str) -> String {
        format!(
            "{}{}/uploads/{token}",
            self.upload_base.as_deref().unwrap_or(&self.base),
            path(key)
        )
    }

    /// Where uploaded content is downloaded.
    pub(crate) fn content(&self, key: &ReleaseKey) -> String {
        format!("{}/content", self.release(key))
    }
}

fn path(key: &ReleaseKey) -> String {
    let name = utf8_percent_encode(&key.name, SEGMENT);
    let version = utf8_percent_encode(&key.version, SEGMENT);
    format!("components/{name}/v{version}")
}
