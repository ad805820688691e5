//! Content sources: what a publisher may name, and what others may see of it (rules SRC-10, SRC-11, SRC-13, SRC-20).

use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    content::EntryPath,
    fetch::{Credentials, Fetched, Fetcher},
    policy::{CrashPolicy, SourcePolicy},
    problem::ProblemKind,
    refusal::Refusal,
};

/// Where content can be downloaded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Source {
    /// The registry's own store of an upload.
    Own,
    /// Somewhere else.
    Remote(Box<RemoteSource>),
}

/// A source that is not the registry's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RemoteSource {
    /// The URL as it was given, less its userinfo.
    pub shown_url: String,
    /// The URL to fetch, without userinfo.
    pub url: Url,
    /// What authenticates the fetch.
    pub credentials: Option<Credentials>,
    /// The entry that it serves; the whole content, when absent.
    pub path: Option<EntryPath>,
    /// All members but `credentials`, the URL less its userinfo: what everybody sees.
    pub shown: Map<String, Value>,
    /// It stands in no list. Set by a defect alone.
    pub unlisted: bool,
    /// As it was given, for the defect that shows too much.
    given: Option<Box<Map<String, Value>>>,
}

/// What a registry wants of sources.
pub(crate) struct SourceRules<'a> {
    /// Schemes, lower case.
    pub schemes: &'a [String],
    /// Whether credentials are taken.
    pub credentials: bool,
    /// Whether single entries are taken.
    pub per_entry: bool,
    /// Knows which addresses are refused.
    pub fetcher: &'a Fetcher,
    /// How sources are treated.
    pub policy: &'a SourcePolicy,
    /// Where the registry breaks.
    pub crash: &'a CrashPolicy,
}

impl Source {
    /// Whether both are the same source: credentials and further members do not count.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Own, Self::Own) => true,
            (Self::Remote(a), Self::Remote(b)) => a.shown_url == b.shown_url && a.path == b.path,
            _ => false,
        }
    }

    /// Whether both have one URL, whatever their paths: what implementers take for being the same (IDX-7).
    pub(crate) fn has_url_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Remote(a), Self::Remote(b)) => a.shown_url == b.shown_url,
            _ => false,
        }
    }

    /// Bytes of memory, about.
    pub(super) fn weight(&self) -> usize {
        /// The structure, and its members as values.
        const STRUCTURE: usize = 1024;
        match self {
            Self::Own => 0,
            Self::Remote(remote) => STRUCTURE + 3 * remote.shown_url.len(),
        }
    }

    /// The entry that it serves, if only one.
    pub(crate) fn path(&self) -> Option<&EntryPath> {
        match self {
            Self::Own => None,
            Self::Remote(remote) => remote.path.as_ref(),
        }
    }
}

impl RemoteSource {
    /// Reads one element of `contentSources`.
    pub(crate) fn parse(value: &Value, rules: &SourceRules<'_>) -> Result<Self, Refusal> {
        let Value::Object(members) = value else {
            return Err(invalid("A content source is not an object."));
        };
        let Some(Value::String(given_url)) = members.get("url") else {
            return Err(invalid(
                "A content source has no url, or one that is not a string.",
            ));
        };
        rules.crash.store_url(given_url)?;
        // The scheme is looked at first (SRC-10): `file:///x` has no host, and is still of an unsupported scheme.
        let scheme = scheme(given_url)
            .ok_or_else(|| invalid("A content source's url is not an absolute URL."))?;
        let is_missing = rules.policy.lacks_https && scheme == "https";
        if is_missing || !rules.schemes.contains(&scheme) && !rules.policy.takes_any_scheme {
            let kind = if rules.policy.scheme_is_malformed {
                ProblemKind::MalformedRequest
            } else {
                ProblemKind::UnsupportedSourceScheme
            };
            return Err(Refusal::new(
                kind,
                format!("Content sources with the scheme {scheme} are not supported."),
            ));
        }
        let known = ["url", "credentials", "path"];
        let is_known =
            |name: &str| known.contains(&name) && (name != "credentials" || rules.credentials);
        if rules.policy.closed_types && members.keys().any(|name| !is_known(name)) {
            return Err(Refusal::new(
                ProblemKind::MalformedRequest,
                "A content source has an unknown field.",
            ));
        }
        let mut url = parse_url(given_url, rules.policy)?;
        let credentials = Self::credentials(members, &url, rules)?;
        let path = Self::entry_path(members, rules)?;
        // Both fail only for URLs that can not have userinfo, which is then not there to remove.
        let _ = url.set_username("");
        let _ = url.set_password(None);

        let shown_url = without_userinfo(given_url);
        let mut shown = members.clone();
        let is_unknown = members.get("credentials").is_some_and(has_unknown_type);
        if !(is_unknown && rules.policy.shows_unknown_credentials) {
            shown.remove("credentials");
        }
        if rules.policy.hides_path {
            shown.remove("path");
        }
        if rules.policy.drops_unknown_members {
            shown.retain(|member, _| member == "path");
        }
        let query = shown_url.find('?').filter(|_| rules.policy.cuts_queries);
        let told = &shown_url[..query.unwrap_or(shown_url.len())];
        shown.insert("url".to_owned(), json!(told));
        if rules.policy.refuses_localhost && url.host_str() == Some("localhost") {
            return Err(Refusal::new(
                ProblemKind::SourceForbidden,
                "The host of a content source is not public.",
            ));
        }
        let kind = if rules.policy.forbidden_is_unreachable {
            ProblemKind::SourceUnreachable
        } else {
            ProblemKind::SourceForbidden
        };
        if !rules.policy.checks_addresses_only_when_fetching {
            rules
                .fetcher
                .check_literal_address(&url)
                .map_err(|error| Refusal::new(kind, error.to_string()))?;
        }
        Ok(Self {
            shown_url,
            url,
            credentials,
            path,
            shown,
            unlisted: false,
            given: rules
                .policy
                .keeps_given()
                .then(|| Box::new(members.clone())),
        })
    }

    /// Takes note of a fetch, in registries that show more of it, or less, than they should (SRC-1).
    pub(crate) fn note(&mut self, fetched: &Fetched, policy: SourcePolicy) {
        if policy.lists_no_unmeasured && fetched.declared_length.is_none() {
            self.unlisted = true;
        }
        if policy.shows_fetched_url {
            let mut url = fetched.url.clone();
            if let (Some(url::Host::Domain(_)), Some(address)) = (url.host(), fetched.address) {
                // A URL with a host can have another.
                let _ = url.set_ip_host(address.ip());
            }
            self.shown_url = url.to_string();
            self.shown.insert("url".to_owned(), json!(url.as_str()));
        }
    }

    /// Whether lists show it; all do, unless the policy has a mistake.
    pub(crate) fn is_listed(&self, policy: &SourcePolicy) -> bool {
        !(self.unlisted || policy.lists_no_guarded && self.credentials.is_some())
    }

    fn given(&self) -> &Map<String, Value> {
        self.given.as_deref().unwrap_or(&self.shown)
    }

    /// The source as it was given, credentials included: what nobody may see.
    pub(crate) fn given_text(&self) -> String {
        Value::Object(self.given().clone()).to_string()
    }

    /// The source as everybody may see it.
    pub(crate) fn shown(&self, policy: &SourcePolicy) -> Value {
        Value::Object(if policy.shows_credentials {
            self.given().clone()
        } else {
            self.shown.clone()
        })
    }

    fn credentials(
        members: &Map<String, Value>,
        url: &Url,
        rules: &SourceRules<'_>,
    ) -> Result<Option<Credentials>, Refusal> {
        let credentials = match members.get("credentials") {
            Some(value) if has_unknown_type(value) && rules.policy.shows_unknown_credentials => {
                None
            }
            Some(value) if has_unknown_type(value) && rules.policy.closed_types => {
                return Err(Refusal::new(
                    ProblemKind::MalformedRequest,
                    "The credentials of a content source are of an unknown variant.",
                ));
            }
            Some(value) => Some(parse_credentials(value)?),
            None => userinfo(url),
        };
        if credentials.is_some() && !rules.credentials {
            return Err(invalid("Credentials of content sources are not supported."));
        }
        Ok(credentials)
    }

    fn entry_path(
        members: &Map<String, Value>,
        rules: &SourceRules<'_>,
    ) -> Result<Option<EntryPath>, Refusal> {
        match members.get("path") {
            None => Ok(None),
            Some(Value::String(path)) if rules.per_entry => EntryPath::new(path.as_bytes())
                .map(Some)
                .map_err(|error| invalid(format!("A content source's path is refused: {error}."))),
            Some(Value::String(_)) => Err(invalid(
                "Content sources of single entries are not supported.",
            )),
            Some(_) => Err(invalid("A content source's path is not a string.")),
        }
    }
}

/// The scheme, lower case, if the text starts with one (RFC 3986, section 3.1).
fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let starts_well = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let continues_well = scheme
        .bytes()
        .all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c));
    (starts_well && continues_well).then(|| scheme.to_ascii_lowercase())
}

/// Stricter than the URL standard, which takes `http:host`, `http:///host`, back slashes and white space.
fn parse_url(text: &str, policy: &SourcePolicy) -> Result<Url, Refusal> {
    let has_authority = text
        .split_once("://")
        .is_some_and(|(_, rest)| !rest.is_empty() && !rest.starts_with(['/', '?', '#']));
    let has_odd_characters = text
        .chars()
        .any(|c| c.is_whitespace() || c.is_control() || c == '\\');
    let url = Url::parse(text)
        .map_err(|error| invalid(format!("A content source's url is not a URL: {error}.")))?;
    if (!has_authority || has_odd_characters || url.host_str().is_none_or(str::is_empty))
        && !policy.takes_any_url
    {
        return Err(invalid(
            "A content source's url has no host, or characters that no URL has.",
        ));
    }
    Ok(url)
}

fn has_unknown_type(credentials: &Value) -> bool {
    !matches!(
        credentials.get("type").and_then(Value::as_str),
        Some("basic" | "bearer")
    )
}

fn parse_credentials(value: &Value) -> Result<Credentials, Refusal> {
    let text = |member: &str| {
        value
            .get(member)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| {
                invalid(format!(
                    "The credentials of a content source have no {member}."
                ))
            })
    };
    match value.get("type").and_then(Value::as_str) {
        Some("basic") => Ok(Credentials::Basic {
            username: text("username")?,
            password: text("password")?,
        }),
        Some("bearer") => Ok(Credentials::Bearer {
            token: text("token")?,
        }),
        _ => Err(invalid(
            "The credentials of a content source are of an unknown type.",
        )),
    }
}

fn userinfo(url: &Url) -> Option<Credentials> {
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    (!url.username().is_empty() || url.password().is_some()).then(|| Credentials::Basic {
        username: decode(url.username()),
        password: decode(url.password().unwrap_or_default()),
    })
}

/// The text of a URL without its userinfo, otherwise as it was, so that its publisher knows it again.
fn without_userinfo(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(authority_end);
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{tail}")
}

fn invalid(detail: impl Into<String>) -> Refusal {
    Refusal::new(ProblemKind::InvalidSource, detail)
}
