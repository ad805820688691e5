//! What the doctor found, one finding a step, in the order in which they are told.

use std::fmt;

use crate::wire::Exchange;

/// What a step is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// What the command line and the target file say.
    SetUp,
    /// That there is a registry.
    Registry,
    /// Who may do what.
    Identities,
    /// Whose signatures count where.
    Keys,
    /// The way from the registry to the suite.
    ContentHosts,
    /// What is seen against what is declared.
    Capabilities,
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SetUp => "Set-up",
            Self::Registry => "Registry",
            Self::Identities => "Identities",
            Self::Keys => "Keys",
            Self::ContentHosts => "Content hosts",
            Self::Capabilities => "Capabilities",
        })
    }
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// As it has to be.
    Ok,
    /// Something has to be done.
    Problem,
    /// Not known, since something else has to be done first or it can not be seen.
    NotChecked,
}

impl Status {
    /// Its name in every output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Problem => "problem",
            Self::NotChecked => "not checked",
        }
    }
}

/// Something that has to be done.
#[derive(Debug)]
pub(super) struct Trouble {
    /// What is wrong, in one line.
    pub detail: String,
    /// What was sent and answered.
    pub exchange: Option<Box<Exchange>>,
    /// What to do about it.
    pub next: String,
}

impl Trouble {
    pub(super) fn new(detail: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            exchange: None,
            next: next.into(),
        }
    }

    pub(super) fn with(mut self, exchange: impl Into<Box<Exchange>>) -> Self {
        self.exchange = Some(exchange.into());
        self
    }
}

/// What came of one step.
#[derive(Debug)]
pub struct Finding {
    /// What it is about.
    pub group: Group,
    /// The step.
    pub step: String,
    /// How it went.
    pub status: Status,
    /// In one line: what was seen, what is wrong, or why nothing is known.
    pub detail: String,
    /// Of a problem: what was sent and answered.
    pub exchange: Option<Box<Exchange>>,
    /// Of a problem: what to do about it.
    pub next: Option<String>,
}

/// All steps, with what is known of them so far.
#[derive(Debug, Default)]
pub(super) struct Chart {
    steps: Vec<(Group, String, Option<Finding>)>,
}

impl Chart {
    pub(super) fn expect(&mut self, group: Group, step: impl Into<String>) {
        self.steps.push((group, step.into(), None));
    }

    pub(super) fn ok(&mut self, step: &str, detail: impl Into<String>) {
        self.set(step, Status::Ok, detail.into(), None, None);
    }

    pub(super) fn problem(&mut self, step: &str, trouble: Trouble) {
        let Trouble {
            detail,
            exchange,
            next,
        } = trouble;
        self.set(step, Status::Problem, detail, exchange, Some(next));
    }

    pub(super) fn not_checked(&mut self, step: &str, why: impl Into<String>) {
        self.set(step, Status::NotChecked, why.into(), None, None);
    }

    pub(super) fn note(&mut self, step: &str, checked: Result<String, Trouble>) {
        match checked {
            Ok(detail) => self.ok(step, detail),
            Err(trouble) => self.problem(step, trouble),
        }
    }

    pub(super) fn is_ok(&self, step: &str) -> bool {
        self.steps.iter().any(|(_, name, finding)| {
            name == step
                && finding
                    .as_ref()
                    .is_some_and(|finding| finding.status == Status::Ok)
        })
    }

    /// The first step with a problem.
    pub(super) fn first_problem(&self) -> Option<&str> {
        self.steps
            .iter()
            .filter_map(|(_, _, finding)| finding.as_ref())
            .find(|finding| finding.status == Status::Problem)
            .map(|finding| finding.step.as_str())
    }

    /// All steps; those of which nothing is known are not checked, for this reason.
    pub(super) fn finish(self, why: &str) -> Vec<Finding> {
        self.steps
            .into_iter()
            .map(|(group, step, finding)| {
                finding.unwrap_or_else(|| Finding {
                    group,
                    step,
                    status: Status::NotChecked,
                    detail: why.to_owned(),
                    exchange: None,
                    next: None,
                })
            })
            .collect()
    }

    fn set(
        &mut self,
        step: &str,
        status: Status,
        detail: String,
        exchange: Option<Box<Exchange>>,
        next: Option<String>,
    ) {
        // What is known first stays: it is nearer to the cause.
        if let Some((group, name, finding @ None)) =
            self.steps.iter_mut().find(|(_, name, _)| name == step)
        {
            *finding = Some(Finding {
                group: *group,
                step: name.clone(),
                status,
                detail,
                exchange,
                next,
            });
        }
    }
}
