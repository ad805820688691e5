//! The report as data: what `schemas/report.schema.json` describes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use indexmap::IndexMap;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use super::fitting::fitting;
use super::interruption::Interruption;
use super::invocation::Invocation;
use crate::outcome::{CaseOutcome, ClientRecord, Level, Message, Verdict};
use crate::requirement::{self, PROFILE_VERSION};

/// What a report is about, beside the outcomes.
#[derive(Debug, Clone)]
pub struct Run {
    /// Seed of the run.
    pub seed: u64,
    /// The target file without secrets.
    pub target: Value,
    /// Capabilities as declared.
    pub declared: Value,
    /// Capabilities that were found out.
    pub seen: Value,
    /// When it began.
    pub started: SystemTime,
    /// How long it took.
    pub duration: Duration,
    /// How it was asked for.
    pub invocation: Invocation,
    /// What it did not come to, if it was interrupted.
    pub interrupted: Option<Interruption>,
}

/// A whole report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// `registry-conformance`.
    pub tool: String,
    /// Version of the tool.
    pub version: String,
    /// Version of docs/publish-api.md.
    pub profile: String,
    /// Seed of the run.
    pub seed: u64,
    /// The target file, without secrets.
    pub target: Value,
    /// When the run began, RFC 3339.
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was not judged, of a run that was interrupted; absent of one that came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<Interruption>,
    /// How many cases came to which verdict.
    pub summary: Summary,
    /// Capabilities.
    pub capabilities: ReportedCapabilities,
    /// The rules that a case that ran can judge, in the order of the specification.
    pub requirements: Vec<ReportedRequirement>,
    /// The cases, in order of their ids.
    #[serde(serialize_with = "each_within_its_room")]
    #[schemars(with = "Vec<ReportedCase>")]
    pub cases: Vec<ReportedCase>,
}

/// How many cases came to which verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Every expectation held.
    pub pass: usize,
    /// A must is violated.
    pub fail: usize,
    /// A should is violated, and no must.
    pub warn: usize,
    /// A capability is missing.
    pub skip: usize,
    /// The suite or the set-up failed.
    pub error: usize,
    /// Failed, as is known.
    pub known_failure: usize,
    /// Passed, though listed as a known failure.
    pub unexpected_pass: usize,
}

impl Summary {
    /// Counts outcomes.
    pub fn of(outcomes: &[CaseOutcome]) -> Self {
        let mut summary = Self::default();
        for outcome in outcomes {
            summary.count(outcome.verdict);
        }
        summary
    }

    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        let count = match verdict {
            Verdict::Pass => &mut self.pass,
            Verdict::Fail => &mut self.fail,
            Verdict::Warn => &mut self.warn,
            Verdict::Skip => &mut self.skip,
            Verdict::Error => &mut self.error,
            Verdict::KnownFailure => &mut self.known_failure,
            Verdict::UnexpectedPass => &mut self.unexpected_pass,
        };
        *count += 1;
    }

    /// Cases that ran.
    pub fn ran(&self) -> usize {
        self.pass + self.fail + self.warn + self.error + self.known_failure + self.unexpected_pass
    }
}

/// Capabilities of a report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedCapabilities {
    /// As the target declares them, defaults included.
    pub declared: IndexMap<String, Value>,
    /// What was found out where the target says `seen`.
    pub seen: IndexMap<String, Value>,
}

/// A rule with its verdict.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedRequirement {
    /// Identifier.
    pub id: String,
    /// How binding it is.
    pub level: Level,
    /// The worst of its cases: `fail`, `error`, `warn`, `pass`, or `skip` when none ran.
    pub verdict: Verdict,
    /// The cases that can judge it.
    pub cases: Vec<String>,
}

/// A case with its verdict.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedCase {
    /// Identifier.
    pub id: String,
    /// The behaviour in one sentence.
    pub summary: String,
    /// How binding it is.
    pub level: Level,
    /// The rules that it can judge.
    pub requirements: Vec<String>,
    /// The rules of the expectations that did not hold.
    pub failed_requirements: Vec<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, in one line; `null` when it passed.
    pub reason: Option<String>,
    /// The capability that was missing, of a skipped case.
    pub missing_capability: Option<String>,
    /// The case file.
    #[serde(default)]
    pub file: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What was sent and received, in order.
    pub exchanges: Vec<ReportedExchange>,
    /// The runs of the client under test; absent where a registry is judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientRecord>,
    /// What the mock and the content hosts were told before the client was run; absent where a registry is judged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Value>,
    /// What the report has no room for, of a case that takes far more than its part; absent where every exchange is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<LeftOut>,
    /// Octets that it may take of a report; none: as many as it needs.
    #[serde(skip)]
    pub(super) room: Option<usize>,
}

/// How much of a case is left out of a report. A run of fewer cases, or of this one alone, has more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Octets of JSON.
    pub octets: usize,
    /// Whole exchanges.
    pub exchanges: usize,
}

/// A request with its answer, and what did not hold.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedExchange {
    /// Name of the step.
    pub name: String,
    /// Line of the step in the case file.
    pub line: Option<usize>,
    /// The request; `null` for a step that sends nothing.
    #[schemars(with = "Value")]
    pub request: Message,
    /// The answer, or the error in its place as `{"error": TEXT}`; `null` for a step that sends nothing.
    #[schemars(with = "Value")]
    pub response: Message,
    /// A curl line that repeats the request; tokens are variables.
    pub curl: Option<String>,
    /// When it began, in milliseconds since the case did.
    #[serde(default)]
    pub at_ms: Option<u64>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What disturbed it on purpose, of a client's request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Value>,
    /// Why the step was not carried out.
    pub not_run: Option<String>,
    /// What did not hold.
    pub mismatches: Vec<ReportedMismatch>,
}

/// One thing that did not hold.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedMismatch {
    /// The rule.
    pub requirement: Option<String>,
    /// How binding.
    pub level: Level,
    /// What did not hold.
    pub message: String,
    /// What was expected.
    pub expected: Option<String>,
    /// What came.
    pub actual: Option<String>,
}

/// Each is made to fit when it is its turn, so that no second report is kept beside the first.
fn each_within_its_room<S: Serializer>(
    cases: &[ReportedCase],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(cases.iter().map(|case| match case.room {
        Some(room) => Cow::Owned(fitting(case, room)),
        None => Cow::Borrowed(case),
    }))
}

/// The schema as it is shipped in `schemas/report.schema.json`.
pub fn schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Report>();
    schema.insert(
        "$id".to_owned(),
        json!("https://publish-api.example/schemas/report.schema.json"),
    );
    schema.insert("title".to_owned(), json!("Report"));
    schema.into()
}

impl Report {
    /// Puts outcomes, in order of their ids, into a report.
    pub fn new(run: &Run, outcomes: &[CaseOutcome]) -> Self {
        let started = jiff::Timestamp::try_from(run.started).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Self {
            tool: "registry-conformance".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile: PROFILE_VERSION.to_owned(),
            seed: run.seed,
            target: run.target.clone(),
            started: started.to_string(),
            duration_ms: millis(run.duration),
            interrupted: run.interrupted.clone(),
            summary: Summary::of(outcomes),
            capabilities: ReportedCapabilities {
                declared: members(&run.declared),
                seen: members(&run.seen),
            },
            requirements: requirements(outcomes),
            cases: outcomes.iter().map(case).collect(),
        }
    }
}

fn members(value: &Value) -> IndexMap<String, Value> {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, member)| (name.clone(), member.clone()))
        .collect()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn requirements(outcomes: &[CaseOutcome]) -> Vec<ReportedRequirement> {
    let mut judging: HashMap<&str, Vec<&CaseOutcome>> = HashMap::new();
    for outcome in outcomes {
        for rule in &outcome.requirements {
            judging.entry(rule).or_default().push(outcome);
        }
    }
    requirement::all()
        .filter_map(|rule| {
            let judging = judging.get(rule.id.as_str())?;
            let verdict = judging
                .iter()
                .map(|outcome| of_rule(outcome, &rule.id))
                .max_by_key(|verdict| weight(*verdict))?;
            Some(ReportedRequirement {
                id: rule.id.clone(),
                level: rule.level,
                verdict,
                cases: judging.iter().map(|outcome| outcome.id.clone()).collect(),
            })
        })
        .collect()
}

/// What one case says of one of its rules: another rule's failure is not this one's.
fn of_rule(outcome: &CaseOutcome, rule: &str) -> Verdict {
    let is_broken = outcome
        .failed_requirements
        .iter()
        .any(|failed| failed == rule);
    // What follows an early end was not judged, and what was not judged has not passed.
    let ended_early =
        outcome.steps.is_empty() || outcome.steps.iter().any(|step| step.not_run.is_some());
    match outcome.verdict {
        Verdict::Fail | Verdict::Warn if !is_broken && ended_early => Verdict::Skip,
        Verdict::Fail | Verdict::Warn if !is_broken => Verdict::Pass,
        Verdict::Fail => {
            let fails = outcome
                .mismatches()
                .filter(|(_, mismatch)| mismatch.requirement.as_deref() == Some(rule))
                .any(|(_, mismatch)| mismatch.level.fails());
            if fails || outcome.steps.is_empty() {
                Verdict::Fail
            } else {
                Verdict::Warn
            }
        }
        Verdict::UnexpectedPass => Verdict::Pass,
        other => other,
    }
}

fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Skip => 0,
        Verdict::Pass | Verdict::UnexpectedPass => 1,
        Verdict::Warn => 2,
        Verdict::KnownFailure => 3,
        Verdict::Error => 4,
        Verdict::Fail => 5,
    }
}

fn case(outcome: &CaseOutcome) -> ReportedCase {
    let count = outcome.steps.iter().map(|step| step.exchanges.len()).sum();
    let mut exchanges = Vec::with_capacity(count);
    for step in &outcome.steps {
        let mismatches: Vec<ReportedMismatch> = step
            .mismatches
            .iter()
            .map(|mismatch| ReportedMismatch {
                requirement: mismatch.requirement.clone(),
                level: mismatch.level,
                message: mismatch.what.clone(),
                expected: mismatch.expected.clone(),
                actual: mismatch.actual.clone(),
            })
            .collect();
        let count = step.exchanges.len();
        for (index, exchange) in step.exchanges.iter().enumerate() {
            let is_last = index + 1 == count;
            exchanges.push(ReportedExchange {
                name: step.name.clone(),
                line: step.line,
                request: exchange.request.clone(),
                response: match (&exchange.response, &exchange.error) {
                    (Some(response), _) => response.clone(),
                    (None, Some(error)) => Message::new(&json!({"error": error})),
                    (None, None) => Message::none(),
                },
                curl: exchange.curl.clone(),
                at_ms: exchange.at_ms,
                duration_ms: exchange.duration_ms,
                fault: exchange.fault.clone(),
                not_run: None,
                mismatches: if is_last {
                    mismatches.clone()
                } else {
                    Vec::new()
                },
            });
        }
        if count == 0 && (step.not_run.is_some() || !mismatches.is_empty()) {
            exchanges.push(ReportedExchange {
                name: step.name.clone(),
                line: step.line,
                request: Message::none(),
                response: Message::none(),
                curl: step.curl.clone(),
                at_ms: None,
                duration_ms: 0,
                fault: None,
                not_run: step.not_run.clone(),
                mismatches,
            });
        }
    }
    ReportedCase {
        id: outcome.id.clone(),
        summary: outcome.summary.clone(),
        level: outcome.level,
        requirements: outcome.requirements.clone(),
        failed_requirements: outcome.failed_requirements.clone(),
        verdict: outcome.verdict,
        reason: outcome.reason.clone(),
        missing_capability: outcome.missing_capability.clone(),
        file: (!outcome.file.is_empty()).then(|| outcome.file.clone()),
        duration_ms: millis(outcome.duration),
        exchanges,
        clients: outcome
            .steps
            .iter()
            .filter_map(|step| step.client.clone())
            .collect(),
        told: told(outcome),
        left_out: None,
        room: None,
    }
}

/// Of a case about a client, the set-up of what it meets.
fn told(outcome: &CaseOutcome) -> Vec<Value> {
    if outcome.steps.iter().all(|step| step.client.is_none()) {
        return Vec::new();
    }
    outcome
        .steps
        .iter()
        .filter_map(|step| step.told.clone())
        .collect()
}
