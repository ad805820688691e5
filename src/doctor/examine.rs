//! The steps in their order.

use serde_json::{Map, Value};

use super::capabilities::capabilities;
use super::chart::{Chart, Finding, Group, Status};
use super::digests::publish_first;
use super::identities::{
    ANONYMOUS, MANIFEST_READER, OTHER, PRIVATE_NAMESPACE, READER, private_namespace, publishers,
    readers,
};
use super::keys::{FIRST, KEYS, keys};
use super::probes::Known;
use super::reach::{self, reach};
use super::registry::{OWNER, PUBLISH_API, first_create};
use super::set_up::TARGET_FILE;
use super::source::{SOURCE, source};
use super::visit::{Fate, Visit};
use crate::run::RunContext;
use crate::target::{CAPABILITIES, CapabilityValue};

/// What came of all steps.
#[derive(Debug)]
pub struct Examination {
    /// One a step.
    pub findings: Vec<Finding>,
    /// Capabilities that are there and not declared, as the target file would say it.
    pub undeclared: Map<String, Value>,
    /// What the examination leaves behind.
    pub left: LeftBehind,
}

/// Names that the registry keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftBehind {
    /// Published releases, and those that failed.
    pub ended: usize,
    /// Releases that are still pending.
    pub pending: usize,
    /// Releases that were pending and are cancelled.
    pub cancelled: usize,
}

impl Examination {
    /// The first problem, if there is one.
    pub fn first_problem(&self) -> Option<&Finding> {
        self.findings
            .iter()
            .find(|finding| finding.status == Status::Problem)
    }

    /// Whether the registry was reached.
    pub fn is_reached(&self) -> bool {
        self.first_problem().is_none_or(|problem| {
            let is_silent = || {
                problem.step == PUBLISH_API
                    && problem
                        .exchange
                        .as_ref()
                        .is_some_and(|exchange| exchange.answer.is_err() || exchange.gave_up)
            };
            !reach::STEPS.contains(&problem.step.as_str()) && !is_silent()
        })
    }
}

/// Goes through all steps. `options`: those of the command line that name the target, for what to do next.
pub async fn examine(context: &RunContext, options: &str) -> Examination {
    let mut visit = Visit::new(context, options);
    let has_file = !options.is_empty();
    let mut chart = expected(has_file, &optional(context));
    if has_file {
        chart.ok(TARGET_FILE, "read, with the files that it names");
    }
    let (undeclared, why) = match carry_out(&mut visit, &mut chart).await {
        Ok(undeclared) => (undeclared, "could not be done".to_owned()),
        Err(step) => (Map::new(), format!("depends on `{step}`")),
    };
    let why = visit.over().map_or(why, ToOwned::to_owned);
    visit.leave().await;
    let count = |fates: &[Fate]| {
        visit
            .left
            .iter()
            .filter(|left| fates.contains(&left.fate))
            .count()
    };
    Examination {
        findings: chart.finish(&why),
        undeclared,
        left: LeftBehind {
            ended: count(&[Fate::Published, Fate::Failed]),
            pending: count(&[Fate::Pending]),
            cancelled: count(&[Fate::Cancelled]),
        },
    }
}

/// All steps, so that what is not reached is told as well. `optional`: those of identities that not every target has.
pub(super) fn expected(has_file: bool, optional: &[&str]) -> Chart {
    let mut chart = Chart::default();
    if has_file {
        chart.expect(Group::SetUp, TARGET_FILE);
    }
    for step in reach::STEPS.into_iter().chain([PUBLISH_API]) {
        chart.expect(Group::Registry, step);
    }
    for step in [OWNER, OTHER, READER, ANONYMOUS].iter().chain(optional) {
        chart.expect(Group::Identities, *step);
    }
    for (kid, _, _) in KEYS {
        chart.expect(Group::Keys, kid);
    }
    chart.expect(Group::ContentHosts, SOURCE);
    for row in CAPABILITIES {
        chart.expect(Group::Capabilities, row.name);
    }
    chart
}

/// Steps about what this target has, and another may not.
fn optional(context: &RunContext) -> Vec<&'static str> {
    let target = &context.target;
    let manifest_reader = target.identities.get(MANIFEST_READER).is_some();
    [
        (manifest_reader, MANIFEST_READER),
        (target.private_namespace.is_some(), PRIVATE_NAMESPACE),
    ]
    .into_iter()
    .filter_map(|(is_there, step)| is_there.then_some(step))
    .collect()
}

/// The capabilities that are there and not declared; the error is the step that everything else depends on.
async fn carry_out(visit: &mut Visit<'_>, chart: &mut Chart) -> Result<Map<String, Value>, String> {
    let blocked = |chart: &Chart| chart.first_problem().unwrap_or(PUBLISH_API).to_owned();
    if !reach(visit, chart).await {
        return Err(blocked(chart));
    }
    let Some(created) = first_create(visit, chart).await else {
        return Err(blocked(chart));
    };
    // Before the identities, as readers need something to read; told after them.
    let first = publish_first(visit, created, FIRST).await;
    if visit.over().is_some() {
        chart.note(FIRST, first.map(|_| "published".to_owned()));
        return Err(FIRST.to_owned());
    }
    let denials = publishers(visit, chart).await;
    if visit.over().is_none() {
        readers(visit, chart, first.as_ref().ok()).await;
        private_namespace(visit, chart).await;
    }
    let first = match first {
        Ok(first) => {
            keys(visit, chart, Ok(())).await;
            first
        }
        Err(trouble) => {
            keys(visit, chart, Err(trouble)).await;
            return Err(FIRST.to_owned());
        }
    };
    if visit.over().is_some() {
        return Err(blocked(chart));
    }
    let sourced = source(visit, chart).await;
    let known = Known {
        first: &first,
        sourced: &sourced,
        denials: &denials,
        ed25519: accepted_names(visit, chart),
        private: None,
    };
    Ok(capabilities(visit, chart, known).await)
}

/// The name by which the Ed25519 key was accepted.
fn accepted_names(visit: &Visit<'_>, chart: &Chart) -> Vec<String> {
    let kid = "owner-ed25519";
    if !chart.is_ok(kid) {
        return Vec::new();
    }
    let own = visit.context.keys.get(kid).map(|key| key.alg().to_owned());
    let Some(CapabilityValue::List(declared)) =
        visit.context.target.capabilities.get("jws.ed25519")
    else {
        return own.into_iter().collect();
    };
    match own {
        Some(own) if declared.contains(&own) => vec![own],
        _ => declared.first().cloned().into_iter().collect(),
    }
}
