//! What a run tells GitHub Actions by itself: annotations, and a summary on the page of the run.

use std::io::{Error, ErrorKind, Write as _};

use crate::outcome::CaseOutcome;
use crate::report::{self, Run};

/// The size of a step's summary beyond which GitHub drops all of it, less some room for what other tools of the step wrote.
const MAX_SUMMARY: u64 = 900 * 1024;

/// Prints annotations (`GITHUB_ACTIONS`) and appends the summary (`GITHUB_STEP_SUMMARY`), where the run is in a workflow.
pub(super) fn tell(run: &Run, outcomes: &[CaseOutcome], strict: bool) {
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        eprint!("{}", report::annotations(outcomes, run, strict));
    }
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return;
    };
    let summary = report::render_markdown(outcomes, run, strict);
    let appended = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(&path)
        .and_then(|mut file| {
            let written = file.metadata()?.len();
            let length = u64::try_from(summary.len()).unwrap_or(u64::MAX);
            if written.saturating_add(length) > MAX_SUMMARY {
                let message = "GitHub drops a summary of more than a mebibyte, and what stands there leaves no room";
                return Err(Error::new(ErrorKind::FileTooLarge, message));
            }
            file.write_all(summary.as_bytes())
        });
    if let Err(error) = appended {
        // The verdict does not hang on it.
        eprintln!("warning: failed to append to GITHUB_STEP_SUMMARY: {error}");
    }
}
