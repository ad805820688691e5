//! Loading case files: all errors of all files at once, each with file, line and what was expected.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};
use thiserror::Error;

use super::model::{CaseFile, MatrixValues, SkipUnless, Step};
use super::{lint, schema, template};
use crate::outcome::Level;
use crate::requirement;
use crate::yaml::{Located, Position, Spans};

include!(concat!(env!("OUT_DIR"), "/built_in_cases.rs"));

/// A case, ready to be planned: of a matrix, one value of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// Path below `cases/` without the extension, with the matrix value in brackets.
    pub id: String,
    /// The file, as it was named to the loader; of a built-in one, below `cases/`.
    pub path: PathBuf,
    /// The file with the value of the matrix filled in.
    pub file: CaseFile,
    /// The steps as they stand in the file, for templates to be filled in when they run.
    pub raw_steps: Vec<Value>,
    /// The file's other members that have templates.
    pub raw: Value,
    /// The file's text.
    pub text: Arc<str>,
    /// Where everything stands.
    pub spans: Arc<Spans>,
    /// The rules of the case's expectations, in order of their first mention.
    pub requirements: Vec<String>,
    /// The most binding level among them.
    pub level: Level,
}

impl Case {
    /// Whether it judges a client, and not a registry.
    pub fn is_about_client(&self) -> bool {
        self.file.steps.iter().any(|step| step.client.is_some())
    }
}

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

/// How much of a case file is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Checks {
    /// Everything, with a message for each mistake.
    All,
    /// Only what it takes to read it: the tests have held it to the schema and to everything else.
    Trusted,
}

static BUILT_IN: LazyLock<Result<Vec<Case>, Vec<CaseError>>> =
    LazyLock::new(|| load_built_in(|_| true));

/// The cases inside the binary. That they are free of mistakes is held by `tests/cases.rs`, and not looked at again.
pub fn built_in() -> Result<Vec<Case>, LoadError> {
    BUILT_IN
        .clone()
        .map_err(|errors| LoadError::Invalid { errors })
}

/// The cases inside the binary that have one of these ids; files that can not hold one are not read.
pub fn built_in_exactly(ids: &[String]) -> Result<Vec<Case>, LoadError> {
    let files: BTreeSet<&str> = ids
        .iter()
        .map(|id| id.split('[').next().unwrap_or(id))
        .collect();
    load_built_in(|file| files.contains(file)).map_err(|errors| LoadError::Invalid { errors })
}

fn load_built_in(is_wanted: impl Fn(&str) -> bool) -> Result<Vec<Case>, Vec<CaseError>> {
    let texts = BUILT_IN_CASES
        .iter()
        .filter(|(id, _)| is_wanted(id))
        .map(|(id, text)| (Path::new("cases").join(format!("{id}.yaml")), *id, *text));
    load_texts(texts, Checks::Trusted)
}

/// The files of the cases inside the binary: id and text.
pub fn built_in_files() -> &'static [(&'static str, &'static str)] {
    BUILT_IN_CASES
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
    load_texts(
        texts
            .iter()
            .map(|(path, id, text)| (path.clone(), id.as_str(), text.as_str())),
        Checks::All,
    )
    .map_err(|errors| LoadError::Invalid { errors })
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
            let octets = std::fs::read(&path).map_err(|source| read(&path, source))?;
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

fn load_texts<'a>(
    texts: impl Iterator<Item = (PathBuf, &'a str, &'a str)>,
    checks: Checks,
) -> Result<Vec<Case>, Vec<CaseError>> {
    let mut cases = Vec::new();
    let mut errors = Vec::new();
    for (path, id, text) in texts {
        match read(&path, id, text, checks) {
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
    read(path, id, text, Checks::All)
}

fn read(path: &Path, id: &str, text: &str, checks: Checks) -> Result<Vec<Case>, Vec<CaseError>> {
    let at = |position: Position, message: String| CaseError {
        file: path.to_owned(),
        line: position.line,
        column: position.column,
        message,
    };
    let located = Located::parse(text).map_err(|error| vec![at(error.position, error.message)])?;
    let spans = Arc::new(located.spans);
    let shared: Arc<str> = Arc::from(text);
    let mut errors = Vec::new();
    let mut cases = Vec::new();
    for (label, value) in expand(located.value) {
        let value = normalise(value);
        let problems = match checks {
            Checks::All => schema::problems(&value),
            Checks::Trusted => Vec::new(),
        };
        if !problems.is_empty() {
            errors.extend(problems.into_iter().map(|problem| {
                let position = if problem.is_name {
                    spans.key(&problem.pointer)
                } else {
                    spans.value(&problem.pointer)
                };
                at(position, problem.message)
            }));
            continue;
        }
        let file: CaseFile = match serde_json::from_value(value.clone()) {
            Ok(file) => file,
            Err(error) => {
                errors.push(at(spans.value(""), error.to_string()));
                continue;
            }
        };
        let found = match checks {
            Checks::All => lint::problems(&file, &value),
            Checks::Trusted => Vec::new(),
        };
        if !found.is_empty() {
            errors.extend(
                found
                    .into_iter()
                    .map(|(pointer, message)| at(spans.value(&pointer), message)),
            );
            continue;
        }
        let id = label.map_or_else(|| id.to_owned(), |label| format!("{id}[{label}]"));
        let mut case = case((path, id), file, &value, Arc::clone(&spans));
        case.text = Arc::clone(&shared);
        cases.push(case);
    }
    if errors.is_empty() {
        Ok(cases)
    } else {
        Err(errors)
    }
}

fn case((path, id): (&Path, String), file: CaseFile, value: &Value, spans: Arc<Spans>) -> Case {
    let mut requirements = Vec::new();
    let mut level = None;
    gather(&file.steps, &mut requirements, &mut level);
    let raw_steps = value
        .get("steps")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let raw = ["given", "hosts"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), value.get(name)?.clone())))
        .collect::<Map<_, _>>();
    Case {
        id,
        path: path.to_owned(),
        file,
        raw_steps,
        raw: Value::Object(raw),
        text: Arc::from(""),
        spans,
        requirements,
        level: level.unwrap_or(Level::Must),
    }
}

fn gather(steps: &[Step], requirements: &mut Vec<String>, level: &mut Option<Level>) {
    let mut note = |rule: Option<&String>, said: Option<Level>| {
        let Some(rule) = rule else { return };
        if !requirements.contains(rule) {
            requirements.push(rule.clone());
        }
        let of_rule = said.or_else(|| requirement::find(rule).map(|found| found.level));
        *level = (*level).max(of_rule);
    };
    for step in steps {
        for expectation in step.expectations() {
            note(expectation.rule.as_ref(), expectation.level);
        }
        if let Some(SkipUnless::Capability(promised)) = &step.skip_unless {
            note(Some(&promised.rule), None);
        }
    }
    for step in steps {
        gather(step.nested(), requirements, level);
    }
}

/// One value for each value of the matrix, with its label; the file itself without a matrix.
fn expand(value: Value) -> Vec<(Option<String>, Value)> {
    let variable = value
        .get("matrix")
        .and_then(|matrix| serde_json::from_value::<super::model::Matrix>(matrix.clone()).ok())
        .and_then(|matrix| matrix.0.into_iter().next());
    let Some((variable, values)) = variable else {
        return vec![(None, value)];
    };
    let labelled: Vec<(String, Value)> = match values {
        MatrixValues::List(values) => values
            .into_iter()
            .map(|value| {
                let label = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                (label, value)
            })
            .collect(),
        MatrixValues::Labelled(values) => values.into_iter().collect(),
    };
    if labelled.is_empty() {
        return vec![(None, value)];
    }
    let mut rest = value;
    let matrix = rest
        .as_object_mut()
        .and_then(|members| members.remove("matrix"));
    labelled
        .into_iter()
        .map(|(label, of_label)| {
            let mut filled = template::substitute(&rest, &variable, &of_label);
            if let (Some(members), Some(matrix)) = (filled.as_object_mut(), matrix.clone()) {
                members.insert("matrix".to_owned(), matrix);
            }
            (Some(label), filled)
        })
        .collect()
}

/// `- publish:` with nothing behind it is `- publish: {}`.
fn normalise(mut value: Value) -> Value {
    if let Some(steps) = value.get_mut("steps") {
        normalise_steps(steps);
    }
    value
}

fn normalise_steps(steps: &mut Value) {
    for step in steps.as_array_mut().into_iter().flatten() {
        let Some(members) = step.as_object_mut() else {
            continue;
        };
        for (name, member) in members.iter_mut() {
            if member.is_null() && Step::ACTIONS.contains(&name.as_str()) {
                *member = Value::Object(Map::new());
            }
            match name.as_str() {
                "attempt" => normalise_steps(member),
                "parallel" => {
                    if let Some(steps) = member.get_mut("steps") {
                        normalise_steps(steps);
                    }
                }
                _ => {}
            }
        }
    }
}
