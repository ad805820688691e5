//! What a case came to: verdicts, and the mismatches that explain them.

use std::time::Duration;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::exchange_record::{ExchangeRecord, Message};

/// How binding a rule is.
///
/// The order is that of weight: a case is as binding as the most binding of its expectations.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Checked only where the target declares the capability; then as binding as a must.
    Optional,
    /// A violation is a warning.
    Should,
    /// A violation is a failure.
    Must,
}

impl Level {
    /// Whether a violation at this level fails the case (and does not merely warn).
    pub fn fails(self) -> bool {
        !matches!(self, Self::Should)
    }

    /// The word used in reports and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Should => "should",
            Self::Must => "must",
        }
    }
}

/// What a case came to.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every expectation held.
    Pass,
    /// A must was violated.
    Fail,
    /// A should was violated, and no must.
    Warn,
    /// Not run: the target lacks a capability.
    Skip,
    /// The suite or the set-up failed, not the registry.
    Error,
    /// Failed as the known-failures file says it does.
    KnownFailure,
    /// Passed although the known-failures file says that it fails.
    UnexpectedPass,
}

impl Verdict {
    /// The word used in reports and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Error => "error",
            Self::KnownFailure => "known-failure",
            Self::UnexpectedPass => "unexpected-pass",
        }
    }
}

/// One expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The rule that the expectation carries; none when the suite itself went wrong.
    pub requirement: Option<String>,
    /// How binding the expectation is; a status code, for example, may be less so than its rule.
    pub level: Level,
    /// What did not hold, in one line.
    pub what: String,
    /// What was expected, where it can be set beside `actual`.
    pub expected: Option<String>,
    /// What came instead.
    pub actual: Option<String>,
    /// JSON pointer, in the case file, of the expectation with a rule that did not hold; none for what every answer must be.
    pub expectation: Option<String>,
}

impl Mismatch {
    /// A mismatch without a pair of values.
    pub fn new(requirement: Option<&str>, level: Level, what: impl Into<String>) -> Self {
        Self {
            requirement: requirement.map(str::to_owned),
            level,
            what: what.into(),
            expected: None,
            actual: None,
            expectation: None,
        }
    }

    /// Says which expectation did not hold.
    #[must_use]
    pub fn of_expectation(mut self, pointer: &str) -> Self {
        self.expectation = Some(pointer.to_owned());
        self
    }

    /// Sets expected and actual value beside each other.
    #[must_use]
    pub fn beside(mut self, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self.actual = Some(actual.into());
        self
    }
}

/// One run of a client under test: what it was asked, and how it ended. What it sent are the exchanges of its step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientRecord {
    /// Name of the step.
    pub name: String,
    /// `publish` or `fetch`.
    pub operation: String,
    /// What it was asked for, in words: `name`, `version`, `content`, `deadline` and so on; no secrets.
    pub asked: IndexMap<String, String>,
    /// How it ended, in words, as `exit 0`.
    pub ending: String,
    /// Whether that is success.
    pub is_done: bool,
    /// When it began, in milliseconds since the case did.
    pub at_ms: u64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The beginning of what it wrote to stdout.
    pub stdout: String,
    /// The beginning of what it wrote to stderr.
    pub stderr: String,
}

/// One step of a case as it was carried out, ready for reports: nothing in it is secret.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StepRecord {
    /// The step's name, as the case gives it or as its action.
    pub name: String,
    /// Line of the step in the case file, counted from 1.
    pub line: Option<usize>,
    /// The exchanges of the step.
    pub exchanges: Vec<ExchangeRecord>,
    /// Readable wire text of each exchange, for the terminal.
    pub transcripts: Vec<String>,
    /// The curl line of the exchange that was judged.
    pub curl: Option<String>,
    /// What the client under test did and said, where the step ran one.
    pub story: Option<String>,
    /// The run of the client under test, where the step is one.
    pub client: Option<ClientRecord>,
    /// What the mock or a content host was told, where the step told it something: the step's argument.
    pub told: Option<Value>,
    /// What did not hold.
    pub mismatches: Vec<Mismatch>,
    /// Why the step was not carried out, if it was not.
    pub not_run: Option<String>,
}

/// A case with its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseOutcome {
    /// Path below `cases/` without extension, with the value of a matrix in brackets.
    pub id: String,
    /// The case file, for people.
    pub file: String,
    /// The summary of the case file.
    pub summary: String,
    /// The most binding level among the case's rules.
    pub level: Level,
    /// The rules that the case can judge.
    pub requirements: Vec<String>,
    /// The rules of the expectations that did not hold.
    pub failed_requirements: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one line; absent when the case passed.
    pub reason: Option<String>,
    /// The capability that was missing, of a skipped case.
    pub missing_capability: Option<String>,
    /// Wall time of the case.
    pub duration: Duration,
    /// The steps that were carried out.
    pub steps: Vec<StepRecord>,
}

impl CaseOutcome {
    /// All mismatches with the step they belong to.
    pub fn mismatches(&self) -> impl Iterator<Item = (&StepRecord, &Mismatch)> {
        self.steps
            .iter()
            .flat_map(|step| step.mismatches.iter().map(move |mismatch| (step, mismatch)))
    }
}
