//! Running cases against a variation, and what may come of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::OnceLock;

use futures::StreamExt;
use registry_conformance::case::{self, Case};
use registry_conformance::known_failures::KnownFailures;
use registry_conformance::outcome::{CaseOutcome, Verdict};
use registry_conformance::plan::{Decision, Planned, Selection, Slow, plan};
use registry_conformance::run::{preflight, run_case};

use crate::setup::{Running, Variation};

/// Cases at the same time; few enough for the deadlines of a debug build on two cores.
const AT_ONCE: usize = 12;
/// One file in so many is run: of those that a variation is about, that mention what is particular to it, and of the others.
const ABOUT: u64 = 2;
const MENTIONING: u64 = 5;
const OTHERS: u64 = 24;
const SEED: u64 = 20_220_511;

/// The cases of the repository.
pub(crate) fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        case::from_folder(&folder).unwrap()
    })
}

/// Runs what is planned of these cases, at most so many at once.
pub(crate) async fn run(running: &Running, chosen: &[Case], slow: Slow) -> Vec<CaseOutcome> {
    let found = preflight(&running.context)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let context = running
        .context
        .clone()
        .with_capabilities(found.capabilities);
    let selection = Selection {
        slow,
        ..Selection::default()
    };
    let planned: Vec<Planned<'_>> = plan(
        chosen,
        &context.target,
        &context.capabilities,
        context.hosting(),
        &selection,
        &KnownFailures::default(),
    );
    let mut outcomes: Vec<CaseOutcome> = futures::stream::iter(
        planned
            .iter()
            .filter(|planned| planned.decision == Decision::Run),
    )
    .map(|planned| run_case(&context, planned.case, None))
    .buffer_unordered(AT_ONCE)
    .collect()
    .await;
    outcomes.sort_by(|left, right| left.id.cmp(&right.id));
    outcomes
}

/// The registry conforms: no failure, no error, and no warning but of a variation that is unusual in what should be.
pub(crate) fn assert_conforms(outcomes: &[CaseOutcome], warns: bool, at_least: usize) {
    let mut message = String::new();
    for outcome in outcomes {
        let is_right = matches!(outcome.verdict, Verdict::Pass | Verdict::Skip)
            || warns && outcome.verdict == Verdict::Warn;
        if !is_right {
            let _ = writeln!(
                message,
                "{} {} {:?}: {}",
                outcome.verdict.as_str(),
                outcome.id,
                outcome.failed_requirements,
                outcome.reason.as_deref().unwrap_or_default()
            );
        }
    }
    assert!(message.is_empty(), "{message}");
    let passed = outcomes
        .iter()
        .filter(|outcome| outcome.verdict == Verdict::Pass)
        .count();
    assert!(passed >= at_least, "only {passed} cases passed");
    let has_warned = outcomes
        .iter()
        .any(|outcome| outcome.verdict == Verdict::Warn);
    assert_eq!(has_warned, warns, "the variation is not what it says it is");
}

/// Every case that can run against it conforms; for a run by hand, in release.
pub(crate) async fn every_case(variation: Variation) {
    let warns = variation.warns;
    let running = variation.start(SEED).await;
    let outcomes = run(&running, cases(), Slow::Included).await;
    assert_conforms(&outcomes, warns, 500);
}

/// One case of each file that the variation is about, and of some others; another sample for each variation.
pub(crate) async fn slice(name: &str, variation: Variation) {
    let warns = variation.warns;
    let chosen = choose(name, &variation);
    let running = variation.start(SEED).await;
    let outcomes = run(&running, &chosen, Slow::Ignored).await;
    assert_conforms(&outcomes, warns, 20);
}

fn choose(name: &str, variation: &Variation) -> Vec<Case> {
    let unusual = variation.unusual();
    let mut files = BTreeSet::new();
    let mut chosen = Vec::new();
    for case in cases() {
        let file = file_of(case);
        let needs = |capability: &String| case.file.needs.contains_key(capability);
        let in_area = |area: &&str| file.contains(area);
        let one_in = if unusual.iter().any(needs) || variation.areas.iter().any(in_area) {
            ABOUT
        } else if unusual.iter().any(|capability| concerns(case, capability)) {
            MENTIONING
        } else {
            OTHERS
        };
        if files.insert(file) && hash(name, file) % one_in == 0 {
            // Of a matrix another value for each variation.
            let values: Vec<&Case> = cases()
                .iter()
                .filter(|other| file_of(other) == file)
                .collect();
            let index = hash(file, name) % u64::try_from(values.len()).unwrap_or(1);
            chosen.extend(
                usize::try_from(index)
                    .ok()
                    .and_then(|index| values.get(index).copied().cloned()),
            );
        }
    }
    chosen
}

/// Whether a case needs a capability, or treats registries differently by it.
pub(crate) fn concerns(case: &Case, capability: &str) -> bool {
    let quoted = format!("{capability:?}");
    case.file.needs.contains_key(capability)
        || case
            .raw_steps
            .iter()
            .any(|step| step.to_string().contains(&quoted))
}

fn file_of(case: &Case) -> &str {
    case.id.split('[').next().unwrap_or_default()
}

fn hash(first: &str, second: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (first, second).hash(&mut hasher);
    hasher.finish()
}
