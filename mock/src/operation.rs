//! The operations of the Publish API by name, as faults, canned answers and records call them.

use std::{fmt, str::FromStr};

use http::Method;

use crate::router::Resource;

macro_rules! operations {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// An operation of the Publish API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Operation {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Operation {
            /// Every operation, in the order in which a publisher comes by them.
            pub const ALL: &[Operation] = &[$(Self::$variant,)*];

            /// The name, e.g. `add-sources`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

operations! {
    /// `POST releases`
    Create = "create",
    /// `GET`, `HEAD` of the unpublished release
    Status = "status",
    /// `POST` of content to `uploadUrl`
    Upload = "upload",
    /// `POST components/{name}/v{version}/content-sources`
    AddSources = "add-sources",
    /// `PUT` on the same
    ReplaceSources = "replace-sources",
    /// `POST components/{name}/v{version}`
    Publish = "publish",
    /// `GET`, `HEAD components/{name}/v{version}`
    Get = "get",
    /// `DELETE` of the unpublished release
    Cancel = "cancel",
    /// `GET`, `HEAD` of uploaded content
    Content = "content",
}

/// Text that names no operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {0:?} as an operation: {names}", names = expected_names())]
pub struct OperationError(String);

/// The names, as a sentence lists them.
pub(crate) fn expected_names() -> String {
    let names: Vec<&str> = Operation::ALL
        .iter()
        .map(|operation| operation.name())
        .collect();
    names.join(", ")
}

impl Operation {
    /// The operation that a method performs on a resource, if it is one.
    pub(crate) fn of(resource: &Resource, method: &Method) -> Option<Self> {
        let reads = method == Method::GET || method == Method::HEAD;
        let posts = method == Method::POST;
        Some(match resource {
            Resource::Releases if posts => Self::Create,
            Resource::Unpublished(_) if reads => Self::Status,
            Resource::Unpublished(_) if method == Method::DELETE => Self::Cancel,
            Resource::Upload { .. } if posts => Self::Upload,
            Resource::ContentSources(_) if posts => Self::AddSources,
            Resource::ContentSources(_) if method == Method::PUT => Self::ReplaceSources,
            Resource::Release(_) if posts => Self::Publish,
            Resource::Release(_) if reads => Self::Get,
            Resource::Content(_) if reads => Self::Content,
            _ => return None,
        })
    }

    /// Whether it changes nothing in the registry.
    pub(crate) fn is_read(self) -> bool {
        matches!(self, Self::Status | Self::Get | Self::Content)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for operation in Operation::ALL {
            assert_eq!(operation.name().parse(), Ok(*operation));
        }
        assert_eq!(
            "Publish".parse::<Operation>().unwrap_err().to_string(),
            "failed to read \"Publish\" as an operation: create, status, upload, add-sources, replace-sources, publish, get, cancel, content"
        );
    }
}
