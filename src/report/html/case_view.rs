//! A case as a line of the list, and what is told of it without its exchanges.

use indexmap::IndexMap;

use super::details::Room;
use super::difference::{Difference, difference};
use super::text::{BLOCK, LINE, Piece, duration, grouped, sentence, shown};
use super::verdict_view::{ORDER, meaning, rank, title};
use crate::outcome::{Level, Verdict};
use crate::report::area_of;
use crate::report::model::{ReportedCase, ReportedMismatch};
use crate::requirement;

/// Mismatches of a case that are shown.
const MISMATCHES: usize = 50;

/// The cases of one verdict.
pub(super) struct Group {
    pub verdict: Verdict,
    pub title: &'static str,
    pub meaning: &'static str,
    pub cases: Vec<Case>,
    pub count: String,
    pub is_open: bool,
}

/// A case.
pub(super) struct Case {
    pub verdict: Verdict,
    /// The id as it stands in addresses.
    pub id: String,
    /// The beginning of the id, up to the last `/`.
    pub folder: String,
    /// The rest of it.
    pub name: String,
    pub area: String,
    pub level: Level,
    pub summary: Vec<Piece>,
    pub rules: String,
    pub reason: Option<String>,
    pub took: String,
    pub file: Option<String>,
    pub mismatches: Vec<Mismatch>,
    pub further_mismatches: usize,
    pub clients: Vec<Asked>,
    pub told: Vec<String>,
    pub details: Option<String>,
}

/// What a client was asked.
pub(super) struct Asked {
    pub operation: String,
    pub what: IndexMap<String, String>,
    pub ending: String,
}

/// What did not hold.
pub(super) struct Mismatch {
    pub rule: Option<String>,
    pub rule_text: Vec<Piece>,
    pub level: Level,
    pub message: String,
    /// The step with its line.
    pub step: String,
    pub values: Option<Difference>,
}

/// The cases by verdict, in the order of attention.
pub(super) fn groups(cases: &[ReportedCase]) -> Vec<Group> {
    let room = Room::of(cases);
    let mut groups: Vec<Group> = ORDER
        .into_iter()
        .map(|verdict| Group {
            verdict,
            title: title(verdict),
            meaning: meaning(verdict),
            cases: Vec::new(),
            count: String::new(),
            is_open: !matches!(verdict, Verdict::Pass | Verdict::Skip),
        })
        .collect();
    for case in cases {
        if let Some(group) = groups.get_mut(rank(case.verdict)) {
            group.cases.push(view(case, room));
        }
    }
    groups.retain(|group| !group.cases.is_empty());
    for group in &mut groups {
        group.count = grouped(group.cases.len());
    }
    // Where nothing needs attention, what went well is there to be looked at.
    if let [only] = groups.as_mut_slice() {
        only.is_open = true;
    }
    groups
}

fn view(case: &ReportedCase, room: Room) -> Case {
    let id = shown(&case.id, LINE);
    let (folder, name) = match id.rfind('/') {
        // A value of a matrix may have one too.
        Some(_) => {
            let end = id.find('[').unwrap_or(id.len());
            let cut = id[..end].rfind('/').map_or(0, |at| at + 1);
            (id[..cut].to_owned(), id[cut..].to_owned())
        }
        None => (String::new(), id.clone()),
    };
    let placed: Vec<(String, &ReportedMismatch)> = case
        .exchanges
        .iter()
        .flat_map(|exchange| {
            let step = match exchange.line {
                Some(line) => format!("{}, line {line}", shown(&exchange.name, 80)),
                None => shown(&exchange.name, 80),
            };
            exchange
                .mismatches
                .iter()
                .map(move |mismatch| (step.clone(), mismatch))
        })
        .collect();
    Case {
        verdict: case.verdict,
        folder,
        name,
        area: shown(area_of(&case.id), 60),
        level: case.level,
        summary: sentence(&case.summary),
        rules: shown(&case.requirements.join(" "), LINE),
        reason: case.reason.as_ref().map(|reason| shown(reason, LINE)),
        took: duration(case.duration_ms),
        file: case.file.as_ref().map(|file| shown(file, LINE)),
        further_mismatches: placed.len().saturating_sub(MISMATCHES),
        mismatches: placed
            .into_iter()
            .take(MISMATCHES)
            .map(|(step, mismatch)| mismatch_view(step, mismatch))
            .collect(),
        clients: case
            .clients
            .iter()
            .map(|client| Asked {
                operation: shown(&client.operation, 40),
                what: client
                    .asked
                    .iter()
                    .map(|(name, value)| (shown(name, 40), shown(value, LINE)))
                    .collect(),
                ending: shown(&client.ending, LINE),
            })
            .collect(),
        told: case
            .told
            .iter()
            .map(|told| shown(&told.to_string(), LINE))
            .collect(),
        details: room.pack(case),
        id,
    }
}

fn mismatch_view(step: String, mismatch: &ReportedMismatch) -> Mismatch {
    let rule = mismatch.requirement.as_deref();
    Mismatch {
        rule: rule.map(|rule| shown(rule, 40)),
        rule_text: rule
            .and_then(requirement::find)
            .map_or_else(Vec::new, |rule| sentence(&rule.summary)),
        level: mismatch.level,
        message: shown(&mismatch.message, LINE),
        step,
        values: match (&mismatch.expected, &mismatch.actual) {
            (Some(expected), Some(actual)) => {
                Some(difference(&shown(expected, BLOCK), &shown(actual, BLOCK)))
            }
            (Some(only), None) => Some(difference(&shown(only, BLOCK), "")),
            (None, Some(only)) => Some(difference("", &shown(only, BLOCK))),
            (None, None) => None,
        },
    }
}
