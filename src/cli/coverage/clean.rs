//! Without defects nothing may be wrong, or no defect could be told from it.

use super::super::exit::CliError;
use super::work::Workshop;
use crate::case::Case;
use crate::coverage::CaseFinding;
use crate::outcome::Verdict;

/// Runs the cases without a defect; says on stderr what did not pass.
pub(super) fn passes(
    workshop: &Workshop<'_>,
    variation: usize,
    name: &str,
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
            "error: {} of {} cases do not pass without a defect ({name})",
            wrong.len(),
            findings.len()
        );
    }
    Ok(wrong.is_empty())
}
