//! Loading case files: all errors of all files at once, each with file, line and what was expected.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::case::{Case, CaseOrigin};
use super::lines::Lines;
use super::model::CaseFile;
use super::outline::Outline;
use super::source::Source;
use super::{lint, schema};
use crate::bounded_file;
use crate::schema_errors::SchemaProblem;
use crate::yaml::{Located, Position, Spans};

/// The largest file that is read, in octets; what is longer than any text of YAML that is taken is told with its place.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// One thing that is wrong in a case file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseError {
    /// The file, as it was named to the loader.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file.display(),
            self.line,
            self.column,
            self.message
        )
    }
}

/// Why cases could not be loaded.
#[derive(Debug, Error)]
pub enum LoadError {
    /// A folder or file can not be read.
    #[error("failed to read cases from {}: {source}", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Files that are not valid.
    #[error("failed to load {} case file{}:\n{}", files(errors), if files(errors) == 1 { "" } else { "s" }, list(errors))]
    Invalid {
        /// Everything that is wrong, by file and line.
        errors: Vec<CaseError>,
    },
    /// There is no case.
    #[error("failed to find a case in {}: it holds no .yaml file beside requirements.yaml", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
}

fn files(errors: &[CaseError]) -> usize {
    errors
        .iter()
        .map(|error| &error.file)
        .collect::<BTreeSet<_>>()
        .len()
}

fn list(errors: &[CaseError]) -> String {
    errors
        .iter()
        .map(|error| format!("  {error}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The registry cases below a folder, in order of their ids.
pub fn from_folder(folder: &Path) -> Result<Vec<Case>, LoadError> {
    let mut texts = Vec::new();
    collect(folder, folder, &mut texts)?;
    if texts.is_empty() {
        return Err(LoadError::Empty {
            path: folder.to_owned(),
        });
    }
    texts.sort();
    load_texts(texts).map_err(|errors| LoadError::Invalid { errors })
}

fn collect(
    root: &Path,
    folder: &Path,
    texts: &mut Vec<(PathBuf, String, String)>,
) -> Result<(), LoadError> {
    let read = |path: &Path, source| LoadError::Read {
        path: path.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(|source| read(folder, source))? {
        let path = entry.map_err(|source| read(folder, source))?.path();
        let relative = path.strip_prefix(root).unwrap_or(&path).to_owned();
        if path.is_dir() {
            collect(root, &path, texts)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
            && relative != Path::new("requirements.yaml")
        {
            let octets =
                bounded_file::read(&path, MAX_FILE).map_err(|source| read(&path, source))?;
            // What is not UTF-8 is told with the mistakes of the other files, by the character that stands for it.
            let text = String::from_utf8_lossy(&octets).into_owned();
            let id = relative
                .with_extension("")
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect::<Vec<_>>()
                .join("/");
            texts.push((path, id, text));
        }
    }
    Ok(())
}

fn load_texts(texts: Vec<(PathBuf, String, String)>) -> Result<Vec<Case>, Vec<CaseError>> {
    let mut cases = Vec::new();
    let mut errors = Vec::new();
    for (path, id, text) in texts {
        match read(path, &id, text) {
            Ok(of_file) => cases.extend(of_file),
            Err(of_file) => errors.extend(of_file),
        }
    }
    if errors.is_empty() {
        Ok(cases)
    } else {
        errors.sort();
        errors.dedup();
        Err(errors)
    }
}

/// Reads the text of one case file; `path` is for messages.
pub fn parse(path: &Path, id: &str, text: &str) -> Result<Vec<Case>, Vec<CaseError>> {
    read(path.to_owned(), id, text.to_owned())
}

fn read(path: PathBuf, id: &str, text: String) -> Result<Vec<Case>, Vec<CaseError>> {
    let at = |position: Position, message: String| CaseError {
        file: path.clone(),
        line: position.line,
        column: position.column,
        message,
    };
    let located = Located::parse(&text).map_err(|error| vec![at(error.position, error.message)])?;
    let source = Source::new(located.value);
    let errors: Vec<CaseError> = (0..source.len())
        .flat_map(|index| mistakes(&source.filled(index), &located.spans))
        .map(|(position, message)| at(position, message))
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let outline = Outline::deserialize(source.file()).unwrap_or_default();
    let origin = CaseOrigin {
        path,
        text: Cow::Owned(text),
        json: Cow::Owned(source.file().to_string()),
        source: Mutex::default(),
        lines: Lines::from(&located.spans),
    };
    Ok(Case::all_of(id, &outline, origin))
}

/// What is wrong in a file with the value of a matrix filled in, and where.
fn mistakes(value: &Value, spans: &Spans) -> Vec<(Position, String)> {
    let problems = schema::problems(value);
    if !problems.is_empty() {
        let place = |problem: SchemaProblem| {
            let position = if problem.is_name {
                spans.key(&problem.pointer)
            } else {
                spans.value(&problem.pointer)
            };
            (position, problem.message)
        };
        return problems.into_iter().map(place).collect();
    }
    match CaseFile::deserialize(value) {
        Ok(file) => lint::problems(&file, value)
            .into_iter()
            .map(|(pointer, message)| (spans.value(&pointer), message))
            .collect(),
        Err(error) => vec![(spans.value(""), error.to_string())],
    }
}
