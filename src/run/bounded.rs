//! Bounds on what is kept of a case: a registry decides how much it answers, and how much of that is wrong.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::outcome::{CaseOutcome, Mismatch};

/// Mismatches of one kind that are kept of a step.
const OF_ONE_KIND: usize = 20;
/// Octets of a text of a mismatch that are kept.
const TEXT: usize = 2048;
/// Octets of exchanges that are kept of a case in full.
const OF_CASE: usize = 512 * 1024;
/// Octets of exchanges that are kept of a run in full: a run of three thousand cases against an ordinary registry takes two thirds of it.
const OF_RUN: usize = 48 * 1024 * 1024;
/// Octets of transcripts that are kept of a run: those of failures, which by then have explained thousands of them.
const TRANSCRIPTS: usize = 16 * 1024 * 1024;

/// How much room exchanges have taken so far in a run.
#[derive(Debug, Default)]
pub(super) struct Room {
    taken: AtomicUsize,
    transcripts: AtomicUsize,
}

impl Room {
    /// Has the outcome keep its exchanges in full as long as there is room, and then in brief.
    pub(super) fn admit(&self, outcome: &mut CaseOutcome) {
        let mut of_case = 0;
        for exchange in outcome
            .steps
            .iter_mut()
            .flat_map(|step| &mut step.exchanges)
        {
            let size = exchange.size();
            let of_run = self.taken.fetch_add(size, Ordering::Relaxed);
            if of_case + size > OF_CASE || of_run + size > OF_RUN {
                self.taken.fetch_sub(size, Ordering::Relaxed);
                *exchange = exchange.in_brief();
            } else {
                of_case += size;
            }
        }
        for step in &mut outcome.steps {
            // Text that was written piece by piece has taken up to twice its room.
            for transcript in &mut step.transcripts {
                transcript.shrink_to_fit();
            }
            let size = step.transcripts.iter().map(String::len).sum();
            if self.transcripts.fetch_add(size, Ordering::Relaxed) + size > TRANSCRIPTS {
                self.transcripts.fetch_sub(size, Ordering::Relaxed);
                step.transcripts = Vec::new();
            }
        }
    }
}

/// What is kept of the mismatches of a step: of those with one rule, level and expectation the first ones, and how many there are beside
/// them. No rule that was broken is lost.
pub(super) fn few(mismatches: Vec<Mismatch>) -> Vec<Mismatch> {
    let mut kept: Vec<Mismatch> = Vec::new();
    let mut beyond: Vec<(Mismatch, usize)> = Vec::new();
    for mismatch in mismatches {
        let is_alike = |other: &Mismatch| {
            other.requirement == mismatch.requirement
                && other.level == mismatch.level
                && other.expectation == mismatch.expectation
        };
        if let Some((_, count)) = beyond.iter_mut().find(|(first, _)| is_alike(first)) {
            *count += 1;
        } else if kept.iter().filter(|other| is_alike(other)).count() >= OF_ONE_KIND {
            beyond.push((mismatch, 1));
        } else {
            kept.push(shortened(mismatch));
        }
    }
    kept.extend(beyond.into_iter().map(|(first, count)| Mismatch {
        what: format!("and {count} more of the kind"),
        expected: None,
        actual: None,
        ..first
    }));
    kept
}

fn shortened(mut mismatch: Mismatch) -> Mismatch {
    let texts = [
        Some(&mut mismatch.what),
        mismatch.expected.as_mut(),
        mismatch.actual.as_mut(),
    ];
    for text in texts.into_iter().flatten() {
        if text.len() > TEXT {
            let beyond = text.len() - TEXT;
            text.truncate(text.floor_char_boundary(TEXT));
            let _ = write!(text, "… and {beyond} octets more");
            text.shrink_to_fit();
        }
    }
    mismatch
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{OF_CASE, OF_ONE_KIND, Room, few};
    use crate::outcome::{CaseOutcome, ExchangeRecord, Level, Mismatch, StepRecord, Verdict};

    fn mismatch(rule: &str, what: &str) -> Mismatch {
        Mismatch::new(Some(rule), Level::Must, what)
    }

    #[test]
    fn a_transcript_takes_no_more_than_its_text() {
        let mut transcript = String::with_capacity(4096);
        transcript.push_str("< HTTP/1.1 200 OK");
        let mut outcome = outcome_of(StepRecord {
            transcripts: vec![transcript],
            ..StepRecord::default()
        });
        Room::default().admit(&mut outcome);
        let kept = &outcome.steps[0].transcripts[0];
        assert_eq!(kept.capacity(), kept.len());
    }

    fn outcome_of(step: StepRecord) -> CaseOutcome {
        CaseOutcome {
            id: "a/b".to_owned(),
            file: String::new(),
            summary: String::new(),
            level: Level::Must,
            requirements: Vec::new(),
            failed_requirements: Vec::new(),
            verdict: Verdict::Fail,
            reason: None,
            missing_capability: None,
            duration: std::time::Duration::ZERO,
            steps: vec![step],
        }
    }

    #[test]
    fn of_many_mismatches_each_rule_stays() {
        let mut mismatches = vec![mismatch("ERR-1", "x"); 5000];
        mismatches.push(mismatch("PUB-3", &"é".repeat(5000)));
        let kept = few(mismatches);
        assert_eq!(kept.len(), OF_ONE_KIND + 2);
        assert_eq!(kept[OF_ONE_KIND + 1].what, "and 4980 more of the kind");
        assert_eq!(kept[OF_ONE_KIND + 1].requirement.as_deref(), Some("ERR-1"));
        assert!(kept[OF_ONE_KIND].what.ends_with("… and 7952 octets more"));
    }

    #[test]
    fn beyond_its_room_a_case_keeps_its_exchanges_in_brief() {
        let exchange = json!({
            "request": {"method": "POST", "url": "http://a/", "headers": [], "body": {"octets": 2}},
            "response": {"status": 201, "reason": "Created", "body": {"text": "x".repeat(OF_CASE / 4)}},
            "curl": "curl",
            "duration_ms": 3,
        });
        let mut outcome = outcome_of(StepRecord {
            exchanges: vec![ExchangeRecord::of_value(&exchange); 5],
            ..StepRecord::default()
        });
        Room::default().admit(&mut outcome);
        let kept = &outcome.steps[0].exchanges;
        assert_eq!(kept[2], ExchangeRecord::of_value(&exchange));
        let brief = json!({
            "request": {"method": "POST", "url": "http://a/", "brief": true},
            "response": {"status": 201, "reason": "Created"},
            "duration_ms": 3,
        });
        assert_eq!(kept[4], ExchangeRecord::of_value(&brief));
    }
}
