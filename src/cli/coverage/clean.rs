//! The mock without defects: nothing may be wrong with it, or no defect could be told from it.

use super::super::exit::CliError;
use super::super::variation::Variation;
use super::work::Workshop;
use crate::case::Case;
use crate::coverage::CaseFinding;
use crate::outcome::Verdict;

/// Runs the cases against the clean mock; says on stderr what did not pass.
pub(super) fn passes(
    workshop: &Workshop,
    variation: Variation,
    cases: &[&Case],
) -> Result<bool, CliError> {
    let findings = workshop.run_clean(variation, cases)?;
    let wrong: Vec<&CaseFinding> = findings
        .iter()
        .filter(|finding| !matches!(finding.verdict, Verdict::Pass | Verdict::Skip))
        .collect();
    for finding in &wrong {
        eprintln!(
            "  {} {}: {}",
            finding.verdict.as_str(),
            finding.id,
            finding.reason.as_deref().unwrap_or_default()
        );
    }
    if !wrong.is_empty() {
        eprintln!(
            "error: {} of {} cases do not pass against the mock without defects ({})",
            wrong.len(),
            findings.len(),
            variation.name()
        );
    }
    Ok(wrong.is_empty())
}
