//! References to resources.

use url::Url;

use crate::{registry::ReleaseKey, session::Session};

/// A reference to a resource of the registry for `Location`: now absolute, now a path only (RFC 9110 allows both).
pub(super) fn locate(session: &Session, key: &ReleaseKey, url: &str) -> String {
    if session.oddities.flip("location", &key.to_string())
        && let Ok(parsed) = Url::parse(url)
    {
        return parsed.path().to_owned();
    }
    url.to_owned()
}
