//! The known-failures file: cases that are known to fail, and why.

use std::path::{Path, PathBuf};

use regex::Regex;
use serde::Deserialize;
use thiserror::Error;

use crate::bounded_file;

/// The largest file that is read, in octets.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// Why a known-failures file can not be used.
#[derive(Debug, Error)]
pub enum KnownFailuresError {
    /// The file can not be read.
    #[error("failed to read the known-failures file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a list of `{case, reason}`.
    #[error("failed to read the known-failures file {}: {message}\n  it is a YAML list of entries such as\n  - {{case: digest/refuses-mismatched-upload, reason: \"issue 12\"}}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        message: String,
    },
    /// Entries match no case.
    #[error("failed to match {} of the known-failures file {} with any case; remove what no longer exists (`registry-conformance cases list` names all cases)", patterns.join(", "), path.display())]
    Unmatched {
        /// The file.
        path: PathBuf,
        /// The patterns.
        patterns: Vec<String>,
    },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    case: String,
    reason: String,
}

/// The entries of a known-failures file.
#[derive(Debug, Clone, Default)]
pub struct KnownFailures {
    path: PathBuf,
    entries: Vec<(Regex, Entry)>,
}

impl KnownFailures {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, KnownFailuresError> {
        let text =
            bounded_file::read_text(path, MAX_FILE).map_err(|source| KnownFailuresError::Read {
                path: path.to_owned(),
                source,
            })?;
        Self::parse(&text, path)
    }

    /// Reads the text of a file; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self, KnownFailuresError> {
        let malformed = |message: String| KnownFailuresError::Malformed {
            path: path.to_owned(),
            message,
        };
        let entries: Option<Vec<Entry>> =
            serde_saphyr::from_str(text).map_err(|error| malformed(error.to_string()))?;
        let entries = entries
            .unwrap_or_default()
            .into_iter()
            .map(|entry| {
                glob(&entry.case)
                    .map(|pattern| (pattern, entry))
                    .map_err(|error| malformed(error.to_string()))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            entries,
        })
    }

    /// Fails if an entry matches none of the ids.
    pub fn check(&self, ids: &[&str]) -> Result<(), KnownFailuresError> {
        let patterns: Vec<String> = self
            .entries
            .iter()
            .filter(|(pattern, _)| !ids.iter().any(|id| pattern.is_match(id)))
            .map(|(_, entry)| format!("{:?}", entry.case))
            .collect();
        if patterns.is_empty() {
            return Ok(());
        }
        Err(KnownFailuresError::Unmatched {
            path: self.path.clone(),
            patterns,
        })
    }

    /// Why the case is known to fail, if it is.
    pub fn reason(&self, id: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|(pattern, _)| pattern.is_match(id))
            .map(|(_, entry)| entry.reason.as_str())
    }
}

/// `*` stands for any text, `?` for one character; everything else, brackets too, for itself.
fn glob(pattern: &str) -> Result<Regex, regex::Error> {
    let escaped = regex::escape(pattern)
        .replace(r"\*", ".*")
        .replace(r"\?", ".");
    Regex::new(&format!("^{escaped}$"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::KnownFailures;

    #[test]
    fn entries_are_globs_over_whole_ids() {
        let file = KnownFailures::parse(
            "- {case: 'sources/*', reason: one}\n- {case: 'digest/a[md5]', reason: two}\n",
            Path::new("known.yaml"),
        )
        .unwrap();
        assert_eq!(file.reason("sources/x"), Some("one"));
        assert_eq!(file.reason("digest/a[md5]"), Some("two"));
        assert_eq!(file.reason("my/sources/x"), None);
        assert!(file.check(&["sources/x", "digest/a[md5]"]).is_ok());
        let error = file.check(&["sources/x"]).unwrap_err().to_string();
        assert!(error.contains("digest/a[md5]"), "{error}");
    }

    #[test]
    fn a_misspelt_member_is_an_error_with_its_line() {
        let error = KnownFailures::parse("- {case: a, raeson: b}\n", Path::new("known.yaml"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("known.yaml") && error.contains("line 1"),
            "{error}"
        );
    }
}
