//! Running cases against several mocks at the same time, so that waiting for one costs the others nothing.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use futures::StreamExt;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

use super::super::exit::CliError;
use super::bench::Bench;
use super::schedule::{Chain, Unit};
use crate::case::Case;
use crate::coverage::{self, CaseFinding, DefectRun, Expected, Inventory};
use crate::known_failures::KnownFailures;
use crate::plan::{Decision, Selection, Slow, plan};
use crate::run::{RunContext, run_case};

/// Of the cases that are run only until one kills, so many before the next look.
const BATCH: usize = 96;
/// Cases at the same time against one mock.
const CASES_AT_ONCE: usize = 16;

/// Where cases run.
pub(super) struct Workshop<'b> {
    runtime: &'b Runtime,
    bench: &'b Bench,
    seed: u64,
    jobs: usize,
    places: Semaphore,
}

impl<'b> Workshop<'b> {
    pub(super) fn new(
        runtime: &'b Runtime,
        bench: &'b Bench,
        seed: u64,
        jobs: Option<usize>,
    ) -> Self {
        Self {
            runtime,
            bench,
            seed,
            jobs: jobs.unwrap_or_else(|| bench.jobs()),
            places: Semaphore::new(bench.cases_at_once()),
        }
    }

    /// The cases without a defect.
    pub(super) fn run_clean(
        &self,
        variation: usize,
        cases: &[&Case],
    ) -> Result<Vec<CaseFinding>, CliError> {
        self.runtime.block_on(async {
            let (context, _embedded) = self.bench.start(variation, None, self.seed).await?;
            Ok(run_all(&context, &self.places, cases).await)
        })
    }

    /// All chains, some at the same time; the result is in the order of the defects.
    pub(super) fn carry_out(
        &self,
        variation: usize,
        selected: &[&Case],
        inventory: &Inventory,
        chains: Vec<Chain<'_>>,
    ) -> Result<Vec<DefectRun>, CliError> {
        let queue = Mutex::new(VecDeque::from(chains));
        let next = || {
            queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front()
        };
        let worker = || -> Result<Vec<DefectRun>, CliError> {
            let mut runs = Vec::new();
            while let Some(mut chain) = next() {
                for unit in &chain.units {
                    let run = self.runtime.block_on(self.run_unit(
                        variation,
                        selected,
                        inventory,
                        (chain.rule, &chain.proved),
                        unit,
                    ))?;
                    if let Some(rule) = chain.rule {
                        chain.proved.extend(run.seen(rule));
                    }
                    runs.push(run);
                }
                let Some(rule) = chain.rule else { continue };
                for unit in &chain.units {
                    let left = unit.not_first(coverage::carriers_of_unproved(
                        selected,
                        rule,
                        inventory,
                        &chain.proved,
                    ));
                    if left.is_empty() {
                        continue;
                    }
                    let run =
                        self.runtime
                            .block_on(self.run_carriers(variation, unit.defect, &left))?;
                    chain.proved.extend(run.seen(rule));
                    runs.push(run);
                }
            }
            Ok(runs)
        };
        let mut runs = Vec::new();
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..self.jobs).map(|_| scope.spawn(worker)).collect();
            for worker in workers {
                let done = worker.join().map_err(|_| {
                    CliError::failure("the suite failed while it ran a case; please report it")
                })?;
                runs.extend(done?);
            }
            Ok::<(), CliError>(())
        })?;
        runs.sort_by_key(|run| run.defect);
        Ok(runs)
    }

    /// Cases that carry the defect's rule, and nothing else.
    async fn run_carriers(
        &self,
        variation: usize,
        defect: usize,
        cases: &[&Case],
    ) -> Result<DefectRun, CliError> {
        let (context, _embedded) = self.bench.start(variation, Some(defect), self.seed).await?;
        Ok(DefectRun {
            defect,
            variation,
            carriers: run_all(&context, &self.places, cases).await,
            ..DefectRun::default()
        })
    }

    /// First the cases that are said to see it, or else those whose expectations have no teeth; if they do not kill it, the others
    /// that carry the rule.
    async fn run_unit(
        &self,
        variation: usize,
        selected: &[&Case],
        inventory: &Inventory,
        (rule, proved): (Option<&str>, &BTreeSet<Expected>),
        unit: &Unit<'_>,
    ) -> Result<DefectRun, CliError> {
        let (context, _embedded) = self
            .bench
            .start(variation, Some(unit.defect), self.seed)
            .await?;
        let carriers = match rule {
            Some(rule) if unit.first.is_empty() => {
                coverage::carriers_of_unproved(selected, rule, inventory, proved)
            }
            _ => unit.first.clone(),
        };
        let cases: Vec<&Case> = [&carriers, &unit.also, &unit.unrelated]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let of = |cases: &[&Case]| -> HashSet<String> {
            cases.iter().map(|case| case.id.clone()).collect()
        };
        let (carrying, also) = (of(&carriers), of(&unit.also));
        let mut run = DefectRun {
            defect: unit.defect,
            variation,
            ..DefectRun::default()
        };
        for finding in run_all(&context, &self.places, &cases).await {
            if carrying.contains(&finding.id) {
                run.carriers.push(finding);
            } else if also.contains(&finding.id) {
                run.also.push(finding);
            } else {
                run.unrelated.push(finding);
            }
        }
        // What shows as a warning where it is said to show is no failure elsewhere.
        let is_seen = |rule: &str| {
            !unit.first.is_empty() && run.carriers.iter().any(|found| found.sight(rule).is_some())
        };
        if let Some(rule) = rule
            && !unit.is_settled
            && !run.is_killed(rule)
            && !is_seen(rule)
        {
            let others: Vec<&Case> = coverage::carriers(selected, rule)
                .into_iter()
                .filter(|case| !carrying.contains(&case.id))
                .collect();
            for batch in first_values_first(&others).chunks(BATCH) {
                run.carriers
                    .extend(run_all(&context, &self.places, batch).await);
                if run.is_killed(rule) {
                    break;
                }
            }
        }
        Ok(run)
    }
}

/// The first value of each file's matrix, then the second of each, and so on: what kills is soon found.
fn first_values_first<'a>(cases: &[&'a Case]) -> Vec<&'a Case> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut ranked: Vec<(usize, &Case)> = cases
        .iter()
        .map(|case| {
            let rank = seen.entry(coverage::file_of(&case.id)).or_default();
            *rank += 1;
            (*rank, *case)
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, case)| case).collect()
}

/// Those cases that the target's capabilities allow, several at a time; the slow ones too.
async fn run_all(context: &RunContext, places: &Semaphore, cases: &[&Case]) -> Vec<CaseFinding> {
    let cases: Vec<Case> = cases.iter().map(|case| (*case).clone()).collect();
    let selection = Selection {
        slow: Slow::Included,
        ..Selection::default()
    };
    let planned = plan(
        &cases,
        &context.target,
        &context.capabilities,
        context.hosting(),
        &selection,
        &KnownFailures::default(),
    );
    futures::stream::iter(
        planned
            .iter()
            .filter(|planned| planned.decision == Decision::Run),
    )
    .map(|planned| async {
        // Never closed.
        let _place = places.acquire().await;
        CaseFinding::of(&run_case(context, planned.case, None).await)
    })
    .buffer_unordered(CASES_AT_ONCE)
    .collect()
    .await
}
