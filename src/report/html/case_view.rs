//! The cases, each as a line of the list and what opens below it.

use indexmap::IndexMap;

use super::packs::Packs;
use super::telling::{Telling, tellings};
use super::text::{LINE, Piece, duration, grouped, sentence, shown};
use super::verdict_view::{ORDER, meaning, rank, title};
use crate::outcome::{Level, Verdict};
use crate::report::area_of;
use crate::report::model::ReportedCase;

/// Octets that packed exchanges may take in all: those of the whole suite, and some more.
const EXCHANGES: usize = 3_200_000;
/// Octets of them for cases that did not pass.
const OF_NOT_PASSED: usize = 1_500_000;

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
    pub telling: Telling,
    pub took: String,
    pub file: Option<String>,
    pub clients: Vec<Asked>,
    pub told: Vec<String>,
    /// Where its exchanges are packed: the pack, and the place in it.
    pub place: Option<(usize, usize)>,
}

/// What a client was asked.
pub(super) struct Asked {
    pub operation: String,
    pub what: IndexMap<String, String>,
    pub ending: String,
}

/// The cases of a report.
pub(super) struct Cases {
    pub groups: Vec<Group>,
    /// Their exchanges.
    pub packs: Vec<String>,
    /// Cases whose exchanges are shortened or left out for want of room.
    pub shortened: usize,
    /// Cases of which not all is told that did not hold.
    pub cut: usize,
}

/// The cases by verdict, in the order of attention, within bounds whatever a registry sent.
pub(super) fn cases(cases: &[ReportedCase]) -> Cases {
    let mut ordered: Vec<&ReportedCase> = cases.iter().collect();
    ordered.sort_by_key(|case| rank(case.verdict));
    let tellings = tellings(&ordered);
    let cut = tellings.iter().filter(|telling| telling.is_cut).count();
    let (packs, places) = packed(&ordered);
    let mut groups: Vec<Group> = ORDER
        .into_iter()
        .map(|verdict| Group {
            verdict,
            title: title(verdict),
            meaning: meaning(verdict),
            cases: Vec::new(),
            count: String::new(),
            is_open: !is_well(verdict),
        })
        .collect();
    for ((case, telling), place) in ordered.into_iter().zip(tellings).zip(places) {
        if let Some(group) = groups.get_mut(rank(case.verdict)) {
            group.cases.push(view(case, telling, place));
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
    Cases {
        groups,
        shortened: packs.shortened,
        packs: packs.texts,
        cut,
    }
}

fn is_well(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Skip)
}

/// The exchanges of cases, and the place of each; what passed has the room that the others leave.
fn packed(cases: &[&ReportedCase]) -> (Packs, Vec<Option<(usize, usize)>>) {
    let has_any = |case: &ReportedCase| !(case.exchanges.is_empty() && case.clients.is_empty());
    let of = |well: bool| -> Vec<&ReportedCase> {
        cases
            .iter()
            .copied()
            .filter(|case| has_any(case) && is_well(case.verdict) == well)
            .collect()
    };
    let mut packs = Packs::default();
    let mut places = packs.add(&of(false), OF_NOT_PASSED).into_iter();
    let room = EXCHANGES.saturating_sub(packs.length);
    let mut places_of_passed = packs.add(&of(true), room).into_iter();
    let placed = cases
        .iter()
        .map(|case| {
            let places = if is_well(case.verdict) {
                &mut places_of_passed
            } else {
                &mut places
            };
            has_any(case).then(|| places.next()).flatten()
        })
        .collect();
    (packs, placed)
}

fn view(case: &ReportedCase, telling: Telling, place: Option<(usize, usize)>) -> Case {
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
    Case {
        verdict: case.verdict,
        folder,
        name,
        area: shown(area_of(&case.id), 60),
        level: case.level,
        summary: sentence(&case.summary),
        rules: shown(&case.requirements.join(" "), LINE),
        took: duration(case.duration_ms),
        file: case.file.as_ref().map(|file| shown(file, LINE)),
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
        telling,
        place,
        id,
    }
}
