//! Problem documents (RFC 9457): the names of the profile, their statuses, and the refusals that become documents.

use serde_json::{Map, Value, json};

use crate::cause::Cause;

/// Prefix of every problem type of the profile; a registry may map the names to URIs of its own.
pub(crate) const TYPE_PREFIX: &str = "urn:publish-api:problem:";

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $status:literal $name:literal $title:literal,)*) => {
        /// The kinds of problem that the profile names, and a mistake of the registry's own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum ProblemKind {
            $(#[doc = $title] $variant,)*
        }

        impl ProblemKind {
            /// Every kind, in the order of their statuses.
            pub(crate) const ALL: &[ProblemKind] = &[$(Self::$variant,)*];

            /// Name in the problem type, e.g. `digest-mismatch`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The kind of that name.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|kind| kind.name() == name).copied()
            }

            /// HTTP status that the profile gives to this kind.
            pub(crate) fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// A short human-readable summary, the same for every occurrence.
            pub(crate) fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }
        }
    };
}

kinds! {
    MalformedManifest = 400 "malformed-manifest" "The manifest is malformed",
    MalformedRequest = 400 "malformed-request" "The request is malformed",
    Unauthenticated = 401 "unauthenticated" "Authentication is required",
    Forbidden = 403 "forbidden" "Not allowed",
    NotFound = 404 "not-found" "Nothing is here",
    MethodNotAllowed = 405 "method-not-allowed" "The method is not supported",
    ReleaseExists = 409 "release-exists" "The release exists",
    MissingContent = 409 "missing-content" "The release has no content",
    Processing = 409 "processing" "The release is being processed",
    AlreadyPublished = 409 "already-published" "The release has been published",
    Expired = 410 "expired" "The unpublished release has expired",
    LengthRequired = 411 "length-required" "Content-Length is required",
    ContentTooLarge = 413 "content-too-large" "The content is too large",
    UnsupportedMediaType = 415 "unsupported-media-type" "The media type is not supported",
    InvalidName = 422 "invalid-name" "The name is invalid",
    InvalidVersion = 422 "invalid-version" "The version is invalid",
    UnsupportedPackageType = 422 "unsupported-package-type" "The package type is not supported",
    UnsupportedDigestAlgorithm = 422 "unsupported-digest-algorithm" "The digest algorithm is not supported",
    InvalidDigest = 422 "invalid-digest" "The digest is invalid",
    MissingSignature = 422 "missing-signature" "A signature is missing",
    BadSignature = 422 "bad-signature" "A signature does not verify",
    UntrustedKey = 422 "untrusted-key" "No signature is by a trusted key",
    UnsupportedAlgorithm = 422 "unsupported-algorithm" "The signature algorithm is not supported",
    SignaturePayloadMismatch = 422 "signature-payload-mismatch" "The signature is over another manifest",
    ReleaseDigestMismatch = 422 "release-digest-mismatch" "The release digest does not match the signed manifest",
    DigestMismatch = 422 "digest-mismatch" "The content does not match its digest",
    SourceUnreachable = 422 "source-unreachable" "The content could not be fetched",
    SourceForbidden = 422 "source-forbidden" "The address of the content source is not allowed",
    UnsupportedSourceScheme = 422 "unsupported-source-scheme" "The scheme of the content source is not supported",
    InvalidSource = 422 "invalid-source" "The content source is invalid",
    InvalidContent = 422 "invalid-content" "The content is not a component",
    InvalidContentIndex = 422 "invalid-content-index" "The archive is invalid",
    TooManyRequests = 429 "too-many-requests" "Too many requests",
    InsufficientStorage = 507 "insufficient-storage" "The storage is full",
    InternalError = 500 "internal-error" "Internal Server Error",
}

impl ProblemKind {
    /// The problem type. A mistake of the registry's own has no name in the profile: it is no more than its status (RFC 9457, 4.2.1).
    fn type_uri(self, prefix: &str) -> String {
        match self {
            Self::InternalError => "about:blank".to_owned(),
            kind => format!("{prefix}{}", kind.name()),
        }
    }
}

/// A problem document without its `status`, which is the HTTP status of whatever answer carries it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Problem {
    /// What went wrong, in the profile's terms.
    pub kind: ProblemKind,
    /// What went wrong this time, for a person to read; holds no secret.
    pub detail: String,
    /// Extension members.
    pub members: Map<String, Value>,
    /// What about the input brought it, where it is of a kind that implementations break at.
    pub cause: Option<Cause>,
}

impl Problem {
    /// A problem with no extension members.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            members: Map::new(),
            cause: None,
        }
    }

    /// What is told when the registry itself broke down; where and why is the operator's business alone, who sees the panic.
    pub(crate) fn internal_error() -> Self {
        Self::new(
            ProblemKind::InternalError,
            "The registry broke down over this; please report it.",
        )
    }

    /// Adds an extension member.
    #[must_use]
    pub(crate) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// Says what about the input brought it.
    #[must_use]
    pub(crate) fn because(mut self, cause: Option<Cause>) -> Self {
        self.cause = cause;
        self
    }

    /// The document, with `status` where the answer that carries it has one to repeat.
    pub(crate) fn document(&self, type_prefix: &str, status: Option<u16>) -> Value {
        let mut document = Map::new();
        document.insert("type".to_owned(), json!(self.kind.type_uri(type_prefix)));
        document.insert("title".to_owned(), json!(self.kind.title()));
        if let Some(status) = status {
            document.insert("status".to_owned(), json!(status));
        }
        document.insert("detail".to_owned(), json!(self.detail));
        for (name, value) in &self.members {
            document.insert(name.clone(), value.clone());
        }
        Value::Object(document)
    }
}

/// An error with its causes, as one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
