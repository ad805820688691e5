//! Reading reports that somebody else may have written.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::names::names;
use crate::report::{Report, safe_line, shortened};
use crate::requirement::{self, PROFILE_VERSION};

/// The largest report that is read, in octets: several times one of 5 000 cases that all fail.
pub const MAX_SIZE: u64 = 256 * 1024 * 1024;

/// Why reports can not be compared.
#[derive(Debug, Error)]
pub enum CompareError {
    /// A report can not be read.
    #[error("failed to read the report {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A report is larger than any that the suite writes.
    #[error("failed to read the report {}: it is larger than {} MiB", path.display(), MAX_SIZE >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// No report of this form.
    #[error("failed to read the report {}: {what}; it has to be one that `--report json=PATH` wrote", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        what: String,
    },
    /// A report of another version of the specification.
    #[error("failed to compare the report {}: it judges by version {found} of the profile, and this program knows {PROFILE_VERSION}; make both reports with one version", path.display())]
    OtherProfile {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: String,
    },
    /// A rendering failed.
    #[error("failed to render the comparison: {0}")]
    Render(#[from] askama::Error),
}

/// A report under a name.
#[derive(Debug, Clone)]
pub struct Named {
    /// For people; different for each report.
    pub name: String,
    /// The report.
    pub report: Report,
}

/// What every version of a report begins with.
#[derive(Deserialize)]
struct Head {
    tool: String,
    profile: String,
}

/// Reads reports, in order.
pub fn load_all(paths: &[PathBuf]) -> Result<Vec<Named>, CompareError> {
    let reports: Vec<Report> = paths
        .iter()
        .map(|path| load(path))
        .collect::<Result<_, _>>()?;
    Ok(names(paths)
        .into_iter()
        .zip(reports)
        .map(|(name, report)| Named { name, report })
        .collect())
}

/// Reads a report.
pub fn load(path: &Path) -> Result<Report, CompareError> {
    let unreadable = |source| CompareError::Read {
        path: path.to_owned(),
        source,
    };
    let mut octets = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_SIZE + 1).read_to_end(&mut octets))
        .map_err(unreadable)?;
    if u64::try_from(octets.len()).unwrap_or(u64::MAX) > MAX_SIZE {
        return Err(CompareError::TooLarge {
            path: path.to_owned(),
        });
    }
    parse(&octets, path)
}

/// As [`load`], of octets that are already read; `path` names them in errors.
pub fn parse(octets: &[u8], path: &Path) -> Result<Report, CompareError> {
    let malformed = |what: String| CompareError::Malformed {
        path: path.to_owned(),
        what: shortened(&what, 300),
    };
    let head: Head =
        serde_json::from_slice(octets).map_err(|error| malformed(error.to_string()))?;
    if head.tool != "registry-conformance" {
        return Err(malformed(format!("it is of the tool {:?}", head.tool)));
    }
    if head.profile != PROFILE_VERSION {
        return Err(CompareError::OtherProfile {
            path: path.to_owned(),
            found: safe_line(&shortened(&head.profile, 40)),
        });
    }
    let report: Report =
        serde_json::from_slice(octets).map_err(|error| malformed(error.to_string()))?;
    let unknown = report
        .requirements
        .iter()
        .find(|rule| requirement::find(&rule.id).is_none());
    if let Some(rule) = unknown {
        return Err(malformed(format!("there is no rule {:?}", rule.id)));
    }
    Ok(report)
}
