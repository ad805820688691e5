//! A case: known by its id, and read whole when something of it is first asked for.

use std::borrow::Cow;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::lines::Lines;
use super::model::{CaseFile, Step};
use super::outline::Outline;
use super::source::Source;
use crate::outcome::Level;
use crate::requirement;

/// A case, ready to be planned: of a matrix, one value of it.
///
/// It is made without a look at its steps, since a list of thousands of cases needs only their ids. What its file says (by `Deref`:
/// `case.file`, `case.requirements`) is read on first use.
#[derive(Debug, Clone)]
pub struct Case {
    /// Path below `cases/` without the extension, with the matrix value in brackets.
    pub id: String,
    index: usize,
    slow: Option<bool>,
    about_client: bool,
    origin: Arc<CaseOrigin>,
    content: Arc<OnceLock<CaseContent>>,
    /// Keeps what is read of the file for its other cases.
    #[expect(dead_code, reason = "it is there to be kept")]
    held: Option<Held>,
}

/// What was read of a file: the cases of a matrix, one after another, need not read it again while somebody has this.
#[derive(Debug, Clone)]
pub struct Held(#[expect(dead_code, reason = "it is there to be kept")] Arc<Source>);

/// The file that one or more cases come from.
#[derive(Debug)]
pub(super) struct CaseOrigin {
    pub path: PathBuf,
    pub text: Cow<'static, str>,
    /// The text as JSON.
    pub json: Cow<'static, str>,
    /// What is read of that, as long as one of the file's cases is being planned or carried out.
    pub source: Mutex<Weak<Source>>,
    /// Where the steps stand.
    pub lines: Lines,
}

/// What the file says of a case.
#[derive(Debug)]
pub struct CaseContent {
    /// The file with the value of the matrix filled in, its steps aside.
    pub file: CaseFile,
    /// The steps as they stand in the file, for templates to be filled in when they run.
    pub raw_steps: Vec<Arc<Value>>,
    /// The steps, read when somebody first asks.
    steps: OnceLock<Vec<Step>>,
    /// The file's other members that have templates.
    pub raw: Value,
    /// The rules of the case's expectations, in order of their first mention.
    pub requirements: Vec<String>,
    /// The most binding level among them.
    pub level: Level,
}

impl Case {
    /// The cases of a file, whose path below `cases/` without the extension is `file_id`.
    pub(super) fn all_of(file_id: &str, outline: &Outline, origin: CaseOrigin) -> Vec<Self> {
        let origin = Arc::new(origin);
        let case = |index, id| Self {
            id,
            index,
            slow: outline.slow(),
            about_client: outline.is_about_client(),
            origin: Arc::clone(&origin),
            content: Arc::default(),
            held: None,
        };
        match outline.labels() {
            [] => vec![case(0, file_id.to_owned())],
            labels => (0..)
                .zip(labels)
                .map(|(index, label)| case(index, format!("{file_id}[{label}]")))
                .collect(),
        }
    }

    /// The file, as it was named to the loader; of a built-in one, below `cases/`.
    pub fn path(&self) -> &Path {
        &self.origin.path
    }

    /// The text of the file.
    pub fn text(&self) -> &str {
        &self.origin.text
    }

    /// Whether it runs only when slow cases are asked for.
    pub fn is_slow(&self) -> bool {
        self.slow.unwrap_or_else(|| {
            self.origin.source().member(self.index, "slow") == Some(Value::Bool(true))
        })
    }

    /// Whether it judges a client, and not a registry.
    pub fn is_about_client(&self) -> bool {
        self.about_client
    }

    /// The same case, its file read for this use alone and let go with it: what a file says takes many times the memory of its text, and
    /// a run has thousands of cases.
    #[must_use]
    pub fn opened(&self) -> Self {
        Self {
            content: Arc::default(),
            held: Some(self.hold()),
            ..self.clone()
        }
    }

    /// Keeps what is read of the file.
    pub fn hold(&self) -> Held {
        Held(self.origin.source())
    }

    /// What the file says, its steps aside.
    ///
    /// # Panics
    ///
    /// Never: a case is made of a file that could be read.
    pub fn without_steps(&self) -> CaseFile {
        let source = self.origin.source();
        let members = CaseFile::BESIDE_STEPS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), source.member(self.index, name)?)))
            .chain([("steps".to_owned(), Value::Array(Vec::new()))]);
        CaseFile::deserialize(Value::Object(members.collect())).expect(READ_BEFORE)
    }

    /// The line in the file at which the value at a JSON pointer begins, or the nearest one that it is inside of.
    pub fn line_of(&self, pointer: &str) -> usize {
        self.origin.lines.at(pointer)
    }
}

impl Deref for Case {
    type Target = CaseContent;

    fn deref(&self) -> &CaseContent {
        self.content.get_or_init(|| {
            CaseContent::read(&self.origin.source(), self.index).expect(READ_BEFORE)
        })
    }
}

/// Why it can be read.
const READ_BEFORE: &str =
    "every file was read once: when it was loaded, and what is inside the binary by tests/cases.rs";

impl CaseOrigin {
    fn source(&self) -> Arc<Source> {
        let mut kept = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(source) = kept.upgrade() {
            return source;
        }
        let source = Arc::new(Source::new(
            serde_json::from_str(&self.json).expect(READ_BEFORE),
        ));
        *kept = Arc::downgrade(&source);
        source
    }
}

impl CaseContent {
    /// Reads a file with the value of the matrix filled in.
    fn read(source: &Source, index: usize) -> Result<Self, serde_json::Error> {
        // What is done with the steps begins with what they say before templates are filled in; few ask for more than that.
        let raw_steps = source
            .steps(index)
            .ok_or_else(|| serde::de::Error::custom("there are no steps"))?;
        let mut value = source.beside_steps(index);
        let file = CaseFile::deserialize(&value)?;
        let mut requirements = Vec::new();
        let mut level = None;
        gather(
            raw_steps.iter().map(|step| &**step),
            &mut requirements,
            &mut level,
        );
        let mut take = |name: &str| value.swap_remove(name);
        let raw: Map<String, Value> = ["given", "hosts"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), take(name)?)))
            .collect();
        Ok(Self {
            file,
            raw_steps,
            steps: OnceLock::new(),
            raw: Value::Object(raw),
            requirements,
            level: level.unwrap_or(Level::Must),
        })
    }

    /// The steps, templates in place.
    ///
    /// # Panics
    ///
    /// Never: a case is made of a file that could be read.
    pub fn steps(&self) -> &[Step] {
        self.steps.get_or_init(|| {
            let steps = self.raw_steps.iter().map(|step| Step::deserialize(&**step));
            steps.collect::<Result<_, _>>().expect(READ_BEFORE)
        })
    }
}

/// The rules of steps as they stand in the file, and the most binding level among them.
fn gather<'a>(
    steps: impl Iterator<Item = &'a Value> + Clone,
    requirements: &mut Vec<String>,
    level: &mut Option<Level>,
) {
    let mut note = |stated: &Value| {
        let Some(rule) = stated.get("rule").and_then(Value::as_str) else {
            return;
        };
        if !requirements.iter().any(|known| known == rule) {
            requirements.push(rule.to_owned());
        }
        let said = stated
            .get("level")
            .and_then(|level| Level::deserialize(level).ok());
        let of_rule = said.or_else(|| requirement::find(rule).map(|found| found.level));
        *level = (*level).max(of_rule);
    };
    for step in steps.clone() {
        match step.get("expect") {
            Some(Value::Array(many)) => many.iter().for_each(&mut note),
            Some(one) => note(one),
            None => {}
        }
        if let Some(skip_unless) = step.get("skip-unless") {
            note(skip_unless);
        }
    }
    for step in steps {
        let nested = step
            .get("attempt")
            .or_else(|| step.get("parallel")?.get("steps"));
        if let Some(nested) = nested.and_then(Value::as_array) {
            gather(nested.iter(), requirements, level);
        }
    }
}
