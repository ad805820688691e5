use std::{io, path::PathBuf};

use crate::yaml::Violation;

/// A target file that can not be used. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The file can not be read.
    #[error("failed to read the target file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file says something that can not be.
    #[error("failed to load the target file {}:{}", path.display(), list(path, violations))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that is wrong, in the order of the text.
        violations: Vec<Violation>,
    },
}

fn list(path: &std::path::Path, violations: &[Violation]) -> String {
    let file = path.display().to_string();
    violations.iter().fold(String::new(), |list, violation| {
        list + "\n  " + &violation.in_file(&file)
    })
}
