//! Credentials of a content source.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use http::HeaderValue;
use percent_encoding::percent_decode_str;
use url::Url;

/// Credentials of a content source. `Debug` shows no secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// HTTP Basic (RFC 7617).
    Basic {
        /// User name.
        username: String,
        /// Password.
        password: String,
    },
    /// A bearer token (RFC 6750).
    Bearer {
        /// The token.
        token: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Basic(hidden)",
            Self::Bearer { .. } => "Bearer(hidden)",
        })
    }
}

/// The value of an `Authorization` header, marked as sensitive; `None` when the secret does not fit into a header.
pub(super) fn authorization_of(credentials: &Credentials) -> Option<HeaderValue> {
    match credentials {
        Credentials::Basic { username, password } => {
            basic(username.as_bytes(), password.as_bytes())
        }
        Credentials::Bearer { token } => sensitive(&format!("Bearer {token}")),
    }
}

/// The same of a URL's userinfo, percent-decoded; `None` when there is none.
pub(super) fn authorization_of_userinfo(url: &Url) -> Option<HeaderValue> {
    let decode = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    basic(
        &decode(url.username()),
        &decode(url.password().unwrap_or_default()),
    )
}

fn basic(username: &[u8], password: &[u8]) -> Option<HeaderValue> {
    let pair = [username, b":", password].concat();
    sensitive(&format!("Basic {}", STANDARD.encode(pair)))
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The URL without userinfo and fragment: what is sent, and what a message may show.
pub(super) fn without_userinfo(url: &Url) -> Url {
    let mut url = url.clone();
    // These fail only for URLs that can have no userinfo.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    url
}
