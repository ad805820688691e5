//! Running cases against several mocks at the same time, so that waiting for one costs the others nothing.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use mock_registry::defect::Defect;
use tokio::runtime::Runtime;

use super::super::embedded::{Embedded, EmbeddedOptions};
use super::super::exit::CliError;
use super::super::variation::Variation;
use crate::case::Case;
use crate::coverage::{CaseFinding, DefectRun};
use crate::known_failures::KnownFailures;
use crate::plan::{Decision, Selection, Slow, plan};
use crate::run::{RunContext, run_case};

/// Defects at the same time.
const DEFAULT_JOBS: usize = 8;
/// Cases at the same time against one mock.
const CASES_AT_ONCE: usize = 16;
/// The bundled mock is done within milliseconds; with some defects it never is.
const PROCESSING_DEADLINE: Duration = Duration::from_secs(6);

/// A defect and the cases to be run against it.
pub(super) struct Unit<'a> {
    /// Its index.
    pub defect: usize,
    /// The defect.
    pub kind: Defect,
    /// Cases that carry its rule.
    pub carriers: Vec<&'a Case>,
    /// Other cases.
    pub unrelated: Vec<&'a Case>,
}

/// Where cases run.
pub(super) struct Workshop {
    runtime: Runtime,
    seed: u64,
    jobs: usize,
}

impl Workshop {
    pub(super) fn new(seed: u64, jobs: Option<usize>) -> Result<Self, CliError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(CliError::unreachable)?;
        Ok(Self {
            runtime,
            seed,
            jobs: jobs.unwrap_or(DEFAULT_JOBS),
        })
    }

    /// The cases against the mock without a defect.
    pub(super) fn run_clean(
        &self,
        variation: Variation,
        cases: &[&Case],
    ) -> Result<Vec<CaseFinding>, CliError> {
        self.runtime.block_on(async {
            let (context, _embedded) = self.start(variation, None).await?;
            Ok(run_all(&context, cases).await)
        })
    }

    /// All units, some at the same time; the result is in the order of the defects.
    pub(super) fn carry_out(
        &self,
        variation: Variation,
        index: usize,
        units: Vec<Unit<'_>>,
    ) -> Result<Vec<DefectRun>, CliError> {
        let queue = Mutex::new(VecDeque::from(units));
        let next = || {
            queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front()
        };
        let worker = || -> Result<Vec<DefectRun>, CliError> {
            let mut runs = Vec::new();
            while let Some(unit) = next() {
                runs.push(
                    self.runtime
                        .block_on(self.run_unit(variation, index, &unit))?,
                );
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

    async fn run_unit(
        &self,
        variation: Variation,
        index: usize,
        unit: &Unit<'_>,
    ) -> Result<DefectRun, CliError> {
        let (context, _embedded) = self.start(variation, Some(unit.kind)).await?;
        let all: Vec<&Case> = unit
            .carriers
            .iter()
            .chain(&unit.unrelated)
            .copied()
            .collect();
        let findings = run_all(&context, &all).await;
        let carriers: HashSet<&str> = unit.carriers.iter().map(|case| case.id.as_str()).collect();
        let (carriers, unrelated) = findings
            .into_iter()
            .partition(|finding| carriers.contains(finding.id.as_str()));
        Ok(DefectRun {
            defect: unit.defect,
            variation: index,
            carriers,
            unrelated,
        })
    }

    async fn start(
        &self,
        variation: Variation,
        defect: Option<Defect>,
    ) -> Result<(RunContext, Embedded), CliError> {
        Embedded::start(EmbeddedOptions {
            seed: self.seed,
            variation,
            defect,
            processing_deadline: Some(PROCESSING_DEADLINE),
        })
        .await
    }
}

/// Those cases that the target's capabilities allow, several at a time; the slow ones too.
async fn run_all(context: &RunContext, cases: &[&Case]) -> Vec<CaseFinding> {
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
    .map(|planned| async { CaseFinding::of(&run_case(context, planned.case, None).await) })
    .buffer_unordered(CASES_AT_ONCE)
    .collect()
    .await
}
