//! The cases inside the binary. `build.rs` has read their YAML into JSON, which is many times faster to read again.
//!
//! That they are free of mistakes is held by `tests/cases.rs`, and not looked at again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use super::case::{Case, CaseOrigin};
use super::lines::Lines;
use super::load::{CaseError, LoadError};

/// A case file: its id, its text, the text as JSON, and the lines of its steps.
struct BuiltIn {
    id: &'static str,
    text: &'static str,
    json: &'static str,
    lines: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/built_in_cases.rs"));

static CASES: LazyLock<Result<Vec<Case>, Vec<CaseError>>> = LazyLock::new(|| load(|_| true));

/// The cases inside the binary.
pub fn built_in() -> Result<Vec<Case>, LoadError> {
    CASES
        .clone()
        .map_err(|errors| LoadError::Invalid { errors })
}

/// The cases inside the binary that have one of these ids; files that can not hold one are not read.
pub fn built_in_exactly(ids: &[String]) -> Result<Vec<Case>, LoadError> {
    let files: BTreeSet<&str> = ids
        .iter()
        .map(|id| id.split('[').next().unwrap_or(id))
        .collect();
    load(|file| files.contains(file)).map_err(|errors| LoadError::Invalid { errors })
}

/// The files of the cases inside the binary: id and text.
pub fn built_in_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    BUILT_IN_CASES.iter().map(|file| (file.id, file.text))
}

fn load(is_wanted: impl Fn(&str) -> bool) -> Result<Vec<Case>, Vec<CaseError>> {
    let mut cases = Vec::new();
    let mut errors = Vec::new();
    for file in BUILT_IN_CASES.iter().filter(|file| is_wanted(file.id)) {
        let path = Path::new("cases").join(format!("{}.yaml", file.id));
        match serde_json::from_str(file.json) {
            Ok(outline) => cases.extend(Case::all_of(
                file.id,
                &outline,
                CaseOrigin {
                    path,
                    text: Cow::Borrowed(file.text),
                    json: Cow::Borrowed(file.json),
                    source: Mutex::default(),
                    lines: Lines(Cow::Borrowed(file.lines)),
                },
            )),
            Err(error) => errors.push(CaseError {
                file: path,
                line: error.line(),
                column: error.column(),
                message: error.to_string(),
            }),
        }
    }
    if errors.is_empty() {
        Ok(cases)
    } else {
        Err(errors)
    }
}
