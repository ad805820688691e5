//! The JSON report: a line for each case, within a budget.
//!
//! Of an ordinary run nothing is left out. Where a registry says more than others, exchanges lose texts first, and header fields and
//! bodies then.

use serde::Serialize as _;

use super::budget::share;
use super::lines::Lines;
use super::model::{Report, ReportedCase};
use crate::outcome::Verdict;

/// Octets that all cases which did not pass may take, and each of them.
const NOT_PASSED: usize = 12 * 1024 * 1024;
const ONE: usize = 192 * 1024;
/// Octets that all cases which passed may take, and each of them: the whole suite takes less, as long as a registry says no more than
/// it has to.
const PASSED: usize = 36 * 1024 * 1024;
const ONE_PASSED: usize = 128 * 1024;

/// Renders a report as JSON text.
pub fn render(report: Report) -> Result<String, serde_json::Error> {
    let mut octets = Vec::new();
    write(report, &mut octets)?;
    // It can be nothing else.
    Ok(String::from_utf8(octets).unwrap_or_default())
}

/// Writes a report as JSON text.
pub(super) fn write(
    mut report: Report,
    writer: &mut impl std::io::Write,
) -> Result<(), serde_json::Error> {
    if !fits_for_sure(&report.cases) {
        give_room(&mut report.cases)?;
    }
    let mut serializer = serde_json::Serializer::with_formatter(&mut *writer, Lines::default());
    report.serialize(&mut serializer)?;
    writer.write_all(b"\n").map_err(serde_json::Error::io)
}

/// Whether all cases passed and have room, as far as that can be told without writing any of them.
fn fits_for_sure(cases: &[ReportedCase]) -> bool {
    let mut left = PASSED;
    cases.iter().all(|case| {
        let most = most(case).filter(|most| is_passed(case) && *most <= ONE_PASSED.min(left));
        left -= most.unwrap_or_default();
        most.is_some()
    })
}

/// No fewer octets than a case takes in a report; none of a case that has more to tell than its exchanges.
fn most(case: &ReportedCase) -> Option<usize> {
    /// An octet of a text takes six at most, as `\u0000`.
    const ESCAPED: usize = 6;
    /// Names of members, numbers, words, quotes and brackets.
    const OF_CASE: usize = 512;
    const OF_EXCHANGE: usize = 512;
    const OF_RULE: usize = 4;
    if !case.clients.is_empty() || !case.told.is_empty() {
        return None;
    }
    let rules = case.requirements.iter().chain(&case.failed_requirements);
    let texts = [&case.reason, &case.missing_capability, &case.file];
    let texts = texts.into_iter().flatten().chain([&case.id, &case.summary]);
    let mut octets = OF_CASE;
    for text in rules.chain(texts) {
        octets += ESCAPED * text.len() + OF_RULE;
    }
    for exchange in &case.exchanges {
        if !exchange.mismatches.is_empty() || exchange.fault.is_some() {
            return None;
        }
        octets += OF_EXCHANGE + exchange.request.size() + exchange.response.size();
        let texts = [&exchange.curl, &exchange.not_run];
        for text in texts.into_iter().flatten().chain([&exchange.name]) {
            octets += ESCAPED * text.len();
        }
    }
    Some(octets)
}

/// Says which cases have to be made to fit.
fn give_room(cases: &mut [ReportedCase]) -> Result<(), serde_json::Error> {
    let sizes: Vec<usize> = cases.iter().map(size).collect::<Result<_, _>>()?;
    let share_of = |passed: bool, total: usize, one: usize| {
        let needs = cases.iter().zip(&sizes);
        let needs = needs.filter(|(case, _)| is_passed(case) == passed);
        let needs = needs.map(|(_, size)| (*size).min(one)).collect();
        share(needs, total).min(one)
    };
    let (not_passed, passed) = (
        share_of(false, NOT_PASSED, ONE),
        share_of(true, PASSED, ONE_PASSED),
    );
    for (case, size) in cases.iter_mut().zip(sizes) {
        let room = if is_passed(case) { passed } else { not_passed };
        case.room = (size > room).then_some(room);
    }
    Ok(())
}

fn is_passed(case: &ReportedCase) -> bool {
    matches!(case.verdict, Verdict::Pass | Verdict::Skip)
}

/// Octets of a case in a report.
pub(super) fn size(case: &ReportedCase) -> Result<usize, serde_json::Error> {
    struct Count(usize);
    impl std::io::Write for Count {
        fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
            self.0 += octets.len();
            Ok(octets.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    case.serialize(&mut serde_json::Serializer::new(&mut count))?;
    Ok(count.0)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ONE_PASSED, fits_for_sure, most, size};
    use crate::report::ReportedCase;

    /// A case with so many exchanges, every text of it being `text`.
    fn case(text: &str, exchanges: usize) -> ReportedCase {
        let exchange = json!({
            "name": text, "line": usize::MAX, "curl": text, "at_ms": u64::MAX, "duration_ms": u64::MAX, "not_run": text,
            "request": {"url": text}, "response": {"reason": text}, "mismatches": [],
        });
        let case = json!({
            "id": text, "summary": text, "level": "optional", "requirements": [text, text, text], "failed_requirements": [text],
            "verdict": "pass", "reason": text, "missing_capability": text, "file": text, "duration_ms": u64::MAX,
            "exchanges": vec![exchange; exchanges],
        });
        serde_json::from_value(case).expect("a case")
    }

    #[test]
    fn no_case_takes_more_than_it_may_take() {
        for text in ["", "\u{1}", "\"\\\n", "é€😀", &"\u{1f}".repeat(1000)] {
            for exchanges in [0, 1, 7] {
                let case = case(text, exchanges);
                let (most, size) = (
                    most(&case).expect("no mismatch"),
                    size(&case).expect("JSON"),
                );
                assert!(
                    most >= size,
                    "{text:?}, {exchanges} exchanges: {most} by {size}"
                );
            }
        }
    }

    #[test]
    fn what_may_not_fit_is_looked_at() {
        let mismatch = json!({"requirement": null, "level": "must", "message": "x", "expected": null, "actual": null});
        let rows = [
            ("/summary", json!("y"), true),
            ("/exchanges/0/request", json!("x".repeat(ONE_PASSED)), false),
            ("/verdict", json!("fail"), false),
            ("/exchanges/0/mismatches", json!([mismatch]), false),
            ("/exchanges/0/fault", json!("delay"), false),
            ("/told", json!([{"inject": []}]), false),
        ];
        for (pointer, value, fits) in rows {
            let mut changed = serde_json::to_value(case("x", 1)).expect("JSON");
            changed["told"] = json!([]);
            changed["exchanges"][0]["fault"] = Value::Null;
            *changed.pointer_mut(pointer).expect("a member") = value;
            let changed = serde_json::from_value(changed).expect("a case");
            assert_eq!(fits_for_sure(&[case("x", 1), changed]), fits, "{pointer}");
        }
        let many = vec![case(&"x".repeat(4000), 2); 1000];
        assert!(!fits_for_sure(&many));
    }
}
