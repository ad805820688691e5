//! Where the operations of the Publish API are, below the base URL.

use std::{fmt, str::FromStr};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// The operations whose paths a client builds itself (section 1 of the profile).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `POST releases`
    Create,
    /// `GET components/{name}/v{version}/unpublished`
    Status,
    /// `POST` and `PUT components/{name}/v{version}/content-sources`
    ContentSources,
    /// `POST components/{name}/v{version}`
    Publish,
    /// `GET` and `HEAD components/{name}/v{version}`
    Get,
    /// `DELETE components/{name}/v{version}/unpublished`
    Cancel,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Create,
        Self::Status,
        Self::ContentSources,
        Self::Publish,
        Self::Get,
        Self::Cancel,
    ];

    /// The name, as under `paths` in the target file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Status => "status",
            Self::ContentSources => "content-sources",
            Self::Publish => "publish",
            Self::Get => "get",
            Self::Cancel => "cancel",
        }
    }

    /// The path of the profile.
    pub fn default_template(self) -> &'static str {
        match self {
            Self::Create => "releases",
            Self::Status | Self::Cancel => "components/{name}/v{version}/unpublished",
            Self::ContentSources => "components/{name}/v{version}/content-sources",
            Self::Publish | Self::Get => "components/{name}/v{version}",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Operation {
    type Err = PathError;

    fn from_str(name: &str) -> Result<Self, PathError> {
        Self::ALL
            .into_iter()
            .find(|operation| operation.name() == name)
            .ok_or_else(|| PathError::Operation(name.to_owned()))
    }
}

/// How a `:` in a name is written; both are the same name (CRE-15).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colon {
    /// `:`, which RFC 3986 allows in a path segment.
    #[default]
    Plain,
    /// `%3A`.
    Encoded,
}

/// A template, or a name of an operation, that can not be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No operation has this name.
    #[error(
        "unknown operation `{0}`; expected one of create, status, content-sources, publish, get, cancel"
    )]
    Operation(String),
    /// The template leaves the base URL.
    #[error(
        "the path of `{0}` must be relative to the base URL: no scheme, no leading `/`, no `.` or `..` segment"
    )]
    NotRelative(Operation),
    /// A variable is not known or a brace stands alone.
    #[error("the path of `{0}` may hold only the variables {{name}} and {{version}}")]
    Variable(Operation),
    /// The template does not say which release is meant.
    #[error("the path of `{0}` needs the variables {{name}} and {{version}}, each once")]
    MissingVariable(Operation),
    /// Create is one path for all.
    #[error("the path of `create` takes no variables")]
    CreateVariable,
    /// A character that has to be percent-encoded.
    #[error("the path of `{0}` has a character that must be percent-encoded in a URL")]
    Character(Operation),
}

/// The URI templates of the operations, relative to the base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    templates: [String; 6],
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            templates: Operation::ALL.map(|operation| operation.default_template().to_owned()),
        }
    }
}

/// As `encodeURIComponent` of the web's scripts, and stricter where a server could misread (`+`).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// The same, but for the colon of a package name, which a path may hold as it is (RFC 3986, section 3.3).
const WITH_COLON: &AsciiSet = &SEGMENT.remove(b':');

/// What stands before the next variable of a template, its name, and what follows.
fn next_variable(template: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = template.split_once('{')?;
    let (variable, after) = rest.split_once('}')?;
    Some((before, variable, after))
}

impl Paths {
    /// The template of an operation.
    pub fn template(&self, operation: Operation) -> &str {
        &self.templates[operation as usize]
    }

    /// Sets the template of an operation: relative to the base URL, with `{name}` and `{version}` once each
    /// (without variables for create); it may have a query.
    pub fn set(&mut self, operation: Operation, template: &str) -> Result<(), PathError> {
        let path = template.split('?').next().unwrap_or_default();
        let scheme = path
            .split('/')
            .next()
            .is_some_and(|first| first.contains(':'));
        if template.starts_with('/')
            || scheme
            || path.split('/').any(|segment| matches!(segment, "." | ".."))
        {
            return Err(PathError::NotRelative(operation));
        }
        let counts = ["{name}", "{version}"].map(|variable| template.matches(variable).count());
        let literal = template.replace("{name}", "").replace("{version}", "");
        if literal.contains(['{', '}']) {
            return Err(PathError::Variable(operation));
        }
        match (operation, counts) {
            (Operation::Create, [0, 0]) => {}
            (Operation::Create, _) => return Err(PathError::CreateVariable),
            (_, [1, 1]) => {}
            _ => return Err(PathError::MissingVariable(operation)),
        }
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(&byte);
        if template.is_empty() || !literal.bytes().all(allowed) {
            return Err(PathError::Character(operation));
        }
        template.clone_into(&mut self.templates[operation as usize]);
        Ok(())
    }

    /// The request target of an operation in origin form (RFC 9112, section 3.2.1): path and query, exactly as
    /// they are to be sent. A `.` or `..` in place of a name stays, which a `Url` can not express.
    pub fn request_target(
        &self,
        base: &Url,
        operation: Operation,
        name: &str,
        version: &str,
        colon: Colon,
    ) -> String {
        let set = match colon {
            Colon::Plain => WITH_COLON,
            Colon::Encoded => SEGMENT,
        };
        let template = self.template(operation);
        let mut target =
            String::with_capacity(base.path().len() + template.len() + name.len() + version.len());
        target.push_str(base.path());
        if !target.ends_with('/') {
            target.push('/');
        }
        let mut rest = template;
        while let Some((before, variable, after)) = next_variable(rest) {
            target.push_str(before);
            let value = if variable == "name" { name } else { version };
            target.extend(utf8_percent_encode(value, set));
            rest = after;
        }
        target.push_str(rest);
        target
    }

    /// The URL of an operation. `.` and `..` segments are resolved, as every URL parser does.
    pub fn url(
        &self,
        base: &Url,
        operation: Operation,
        name: &str,
        version: &str,
        colon: Colon,
    ) -> Url {
        let target = self.request_target(base, operation, name, version, colon);
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target.as_str(), None),
        };
        let mut url = base.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }
}
