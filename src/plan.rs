//! Which cases run, and why the others do not: a pure function of cases, capabilities, filters and known failures.

use crate::case::{Case, CaseFile, TargetSetup};
use crate::known_failures::KnownFailures;
use crate::target::{Capabilities, Needs, ReadAs, Target};

/// Which cases the command line asks for, with the meaning that `cargo test` gives to the same options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Texts of which one must be part of the id; none selects all.
    pub filters: Vec<String>,
    /// Texts of which none may be part of the id.
    pub skip: Vec<String>,
    /// The texts are whole ids.
    pub exact: bool,
    /// Slow cases alone, or with the others, or not at all.
    pub slow: Slow,
}

/// What becomes of slow cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Slow {
    /// Listed, not run.
    #[default]
    Ignored,
    /// They alone run (`--ignored`).
    Only,
    /// They run with the others (`--include-ignored`).
    Included,
}

impl Selection {
    /// Whether the id is selected; slow cases are another question.
    pub fn selects(&self, id: &str) -> bool {
        let fits = |text: &String| {
            if self.exact {
                id == text
            } else {
                id.contains(text.as_str())
            }
        };
        (self.filters.is_empty() || self.filters.iter().any(fits)) && !self.skip.iter().any(fits)
    }
}

/// What is done with a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It runs.
    Run,
    /// It does not run, because the target lacks something.
    Skip {
        /// The capability, or the part of the target file.
        missing: String,
        /// The reason in one line.
        reason: String,
    },
    /// It is slow and slow cases were not asked for.
    Ignored,
}

/// One case of a plan.
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// The case.
    pub case: &'a Case,
    /// What is done with it.
    pub decision: Decision,
    /// Why it is known to fail, if it is.
    pub known_failure: Option<String>,
}

/// What the suite's content hosts can offer to this registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hosting {
    /// Origins that a registry sees as different.
    pub origins: usize,
}

/// Plans a run.
///
/// What waits for the longest time comes first, so that the others fill that time; else the order is that of `cases`. What the selection
/// leaves out is not in the plan.
pub fn plan<'a>(
    cases: &'a [Case],
    target: &Target,
    capabilities: &Capabilities,
    hosting: Hosting,
    selection: &Selection,
    known_failures: &KnownFailures,
) -> Vec<Planned<'a>> {
    let mut held = None;
    let mut planned: Vec<(bool, Planned<'_>)> = cases
        .iter()
        .filter(|case| selection.selects(&case.id))
        .filter(|case| selection.slow != Slow::Only || case.is_slow())
        .map(|case| {
            // Until the next case has it, or that of another file.
            held.replace(case.hold());
            let file = case.without_steps();
            let planned = Planned {
                case,
                decision: decide(case, &file, target, capabilities, hosting, selection.slow),
                known_failure: known_failures.reason(&case.id).map(str::to_owned),
            };
            (waits_long(&file), planned)
        })
        .collect();
    planned.sort_by_key(|(waits_long, _)| !waits_long);
    planned.into_iter().map(|(_, planned)| planned).collect()
}

/// Whether the case waits for something that the registry does by the clock.
fn waits_long(file: &CaseFile) -> bool {
    [TargetSetup::Expiry, TargetSetup::Retention]
        .iter()
        .any(|setup| file.requires.contains(setup))
}

fn decide(
    case: &Case,
    file: &CaseFile,
    target: &Target,
    capabilities: &Capabilities,
    hosting: Hosting,
    slow: Slow,
) -> Decision {
    if case.is_slow() && slow == Slow::Ignored {
        return Decision::Ignored;
    }
    let needs = Needs::from_json(&serde_json::json!(file.needs)).unwrap_or_default();
    if let Err(missing) = capabilities.meets(&needs) {
        return Decision::Skip {
            reason: missing.to_string(),
            missing: missing.capability,
        };
    }
    if let Some(setup) = file.requires.iter().find(|setup| !offers(target, **setup)) {
        let (missing, reason) = lacking(*setup);
        return Decision::Skip {
            missing: missing.to_owned(),
            reason: reason.to_owned(),
        };
    }
    let largest = file.largest_content();
    if largest > target.limits.content {
        return Decision::Skip {
            missing: "limits.content".to_owned(),
            reason: format!(
                "needs limits.content of {largest} octets at least; the target file has {}",
                target.limits.content
            ),
        };
    }
    let origins = file.origins.unwrap_or(usize::from(!file.hosts.is_empty()));
    if hosting.origins < origins {
        return Decision::Skip {
            missing: "origin".to_owned(),
            reason: format!(
                "needs {origins} content hosts of different origin; the target file's origin gives {}",
                hosting.origins
            ),
        };
    }
    Decision::Run
}

fn offers(target: &Target, setup: TargetSetup) -> bool {
    match setup {
        TargetSetup::PrivateNamespace => target.private_namespace.is_some(),
        TargetSetup::ManifestReader => target.identities.get("manifest-reader").is_some(),
        TargetSetup::Reader => target.identities.get("reader").is_some(),
        TargetSetup::Expiry => target.deadlines.expiry.is_some(),
        TargetSetup::Retention => target.deadlines.retention.is_some(),
        TargetSetup::TlsOrigin => target.origin.tls,
        TargetSetup::AnonymousReading => target.read_as == ReadAs::Anonymous,
    }
}

fn lacking(setup: TargetSetup) -> (&'static str, &'static str) {
    match setup {
        TargetSetup::PrivateNamespace => (
            "private-namespace",
            "needs private-namespace in the target file",
        ),
        TargetSetup::ManifestReader => (
            "identities.manifest-reader",
            "needs the identity manifest-reader in the target file",
        ),
        TargetSetup::Reader => (
            "identities.reader",
            "needs the identity reader in the target file",
        ),
        TargetSetup::Expiry => (
            "deadlines.expiry",
            "needs deadlines.expiry in the target file",
        ),
        TargetSetup::Retention => (
            "deadlines.retention",
            "needs deadlines.retention in the target file",
        ),
        TargetSetup::TlsOrigin => ("origin.tls", "needs origin.tls: true in the target file"),
        TargetSetup::AnonymousReading => ("read-as", "needs read-as: anonymous in the target file"),
    }
}
