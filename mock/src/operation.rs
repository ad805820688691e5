//! The operations of the Publish API, by the names that the journal, faults and metrics use.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

macro_rules! operations {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// An operation of the Publish API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $($(#[$doc])* $variant,)*
        }

        impl Operation {
            /// Every operation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Name, as in the journal.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

operations! {
    /// `POST releases`.
    Create = "create",
    /// `GET` of the unpublished release.
    Status = "status",
    /// `POST` to the upload URL.
    Upload = "upload",
    /// `POST` to the content sources.
    AddSources = "add-sources",
    /// `PUT` of the content sources.
    ReplaceSources = "replace-sources",
    /// `POST` to the release.
    Publish = "publish",
    /// `GET` of the release.
    Get = "get",
    /// `DELETE` of the unpublished release.
    Cancel = "cancel",
    /// `GET` of uploaded content.
    Content = "content",
}

impl Operation {
    /// Whether it changes nothing in the registry.
    pub(crate) fn is_read(self) -> bool {
        matches!(self, Self::Status | Self::Get | Self::Content)
    }

    /// All names, as a sentence lists them.
    pub(crate) fn names() -> String {
        let names: Vec<&str> = Self::ALL.iter().map(|operation| operation.name()).collect();
        names.join(", ")
    }
}

/// Text that names no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "failed to read {0:?} as an operation: they are create, status, upload, add-sources, replace-sources, publish, get, cancel and content"
)]
pub struct OperationError(pub String);

impl FromStr for Operation {
    type Err = OperationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .find(|operation| operation.name() == text)
            .copied()
            .ok_or_else(|| OperationError(text.to_owned()))
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Operation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
