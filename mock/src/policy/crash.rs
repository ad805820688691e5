//! Where a registry breaks instead of refusing (ERR-4): every default refuses.

use serde_json::Value;

use crate::{cause::Cause, operation::Operation, problem::ProblemKind, refusal::Refusal};

/// Octets that a file name may have on most file systems.
const MAX_FILE_NAME: usize = 255;
/// Octets that a path may have there.
const MAX_PATH: usize = 4095;
/// Characters of a column that URLs are kept in.
const MAX_URL: usize = 1000;

/// Text that a store may not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OddText {
    /// With U+0000.
    Nul,
    /// With a character beyond the basic multilingual plane.
    FourOctets,
    /// With a single quote.
    Quote,
}

/// Where a registry breaks instead of refusing.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(crate) struct CrashPolicy {
    /// Causes of refusals that the error handler does not know.
    pub causes: Vec<Cause>,
    /// Text that the store does not take.
    pub texts: Vec<OddText>,
    /// Names, versions and key ids become names of files.
    pub names_are_files: bool,
    /// URLs are kept in a column that is too short for some.
    pub urls_are_short: bool,
    /// Field values are read as ASCII.
    pub wants_ascii_fields: bool,
    /// Content codings are undone by a layer that knows no errors.
    pub decodes_content: bool,
    /// Entity tags are parsed without a thought of failure.
    pub parses_entity_tags: bool,
    /// Versions in paths are parsed without a thought of failure.
    pub parses_versions: bool,
    /// Numbers of versions are read into 64 bits.
    pub overflows_versions: bool,
    /// Uploads are mapped into memory, which nothing can not be.
    pub maps_uploads: bool,
    /// What is cancelled is taken to be there.
    pub cancels_unlooked: bool,
    /// What breaks HTTP itself reaches an error handler that knows 500 only.
    pub broken_heads: bool,
    /// Methods that nobody knows are looked up in a table without looking whether they are there.
    pub unknown_methods: bool,
    /// A request that fails leaves the lock of its package poisoned.
    pub poisons: bool,
    /// Text is cut off where its first character of four octets stands, and no longer parses when it is read.
    pub cuts_text: bool,
}

impl CrashPolicy {
    /// A refusal, or what becomes of it where nobody thought of its cause.
    pub(crate) fn mishandled(&self, operation: Option<Operation>, refusal: Refusal) -> Refusal {
        let unknown_cause = refusal
            .problem
            .cause
            .is_some_and(|cause| self.causes.contains(&cause));
        let nothing_to_cancel = self.cancels_unlooked
            && operation == Some(Operation::Cancel)
            && refusal.kind() == ProblemKind::NotFound;
        if unknown_cause || nothing_to_cancel {
            refusal.with_status(500)
        } else {
            refusal
        }
    }

    /// Whether a refusal leaves a lock behind.
    pub(crate) fn leaves_lock(&self, refusal: &Refusal) -> bool {
        self.poisons
            && matches!(
                refusal.problem.cause,
                Some(
                    Cause::NotUtf8
                        | Cause::NestedDeeply
                        | Cause::NumberOutOfRange
                        | Cause::BrokenArchive
                        | Cause::OddMediaType
                        | Cause::BrokenOff
                )
            )
    }

    /// Gives text to the store.
    pub(crate) fn store(&self, text: &str) -> Result<(), Refusal> {
        for odd in &self.texts {
            let (is_odd, detail) = match odd {
                OddText::Nul => (
                    text.contains('\0'),
                    "invalid byte sequence for encoding \"UTF8\": 0x00",
                ),
                OddText::FourOctets => (
                    text.chars().any(|c| c > '\u{ffff}'),
                    "Incorrect string value for column",
                ),
                OddText::Quote => (
                    text.contains('\''),
                    "syntax error at or near \"OR\" in SELECT id FROM releases WHERE name = ''",
                ),
            };
            if is_odd {
                return Err(internal_error(detail));
            }
        }
        Ok(())
    }

    /// Gives every text of a JSON value to the store, names of members too.
    pub(crate) fn store_value(&self, value: &Value) -> Result<(), Refusal> {
        if self.texts.is_empty() {
            return Ok(());
        }
        match value {
            Value::String(text) => self.store(text),
            Value::Array(items) => items.iter().try_for_each(|item| self.store_value(item)),
            Value::Object(members) => members.iter().try_for_each(|(name, value)| {
                self.store(name)?;
                self.store_value(value)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    /// Uses a name, a version or the like to look something up.
    pub(crate) fn look_up(&self, name: &str) -> Result<(), Refusal> {
        if self.names_are_files && name.len() > MAX_FILE_NAME {
            return Err(internal_error("File name too long (os error 36)"));
        }
        self.store(name)
    }

    /// Looks a path up that no route has: among files.
    pub(crate) fn look_up_path(&self, path: &str) -> Result<(), Refusal> {
        if self.names_are_files && path.len() > MAX_PATH {
            return Err(internal_error("File name too long (os error 36)"));
        }
        Ok(())
    }

    /// Keeps a URL.
    pub(crate) fn store_url(&self, url: &str) -> Result<(), Refusal> {
        if self.urls_are_short && url.len() > MAX_URL {
            return Err(internal_error("value too long for type character varying"));
        }
        Ok(())
    }
}

/// What comes out where nobody thought of an error.
pub(crate) fn internal_error(detail: &str) -> Refusal {
    Refusal::new(ProblemKind::MalformedRequest, detail).with_status(500)
}
