//! How the run was asked for, and so how a part of it can be asked for again.

use crate::outcome::{CaseOutcome, Verdict};

/// The options of a run that decide what happens, as words of a command line: nothing in them is secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invocation {
    /// Everything between the program's name and the filters, `--seed` excepted: `client`, `--target FILE`, ...
    pub options: Vec<String>,
    /// The client under test, which stands behind `--`.
    pub client: Option<Vec<String>>,
    /// Whether a filter, `--skip` or `--exact` left cases out.
    pub is_filtered: bool,
    /// Whether the registry is the bundled one, which is empty at the start of every run.
    pub is_bundled: bool,
}

/// Filters beyond this many are told as parts of ids, where such parts mean the same cases.
const FEW: usize = 12;
/// Filters beyond which the areas are named that the cases are in: nobody reads a command of hundreds of lines.
const MOST: usize = 40;

/// How to run cases again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repetition {
    /// The command, in lines that a POSIX shell reads as one.
    pub lines: Vec<String>,
    /// How many cases it runs that are not among those, since these are too many to name.
    pub others: usize,
}

/// The cases that a person would want to run again: those that keep the run from conforming.
pub fn to_repeat(outcomes: &[CaseOutcome], strict: bool) -> Vec<&CaseOutcome> {
    outcomes
        .iter()
        .filter(|outcome| match outcome.verdict {
            Verdict::Fail | Verdict::Error | Verdict::UnexpectedPass => true,
            Verdict::Warn => strict,
            Verdict::Pass | Verdict::Skip | Verdict::KnownFailure => false,
        })
        .collect()
}

impl Invocation {
    /// The command that runs these cases: just these, unless they are too many to name.
    pub fn repeat(&self, cases: &[&CaseOutcome], all: &[CaseOutcome], seed: u64) -> Repetition {
        let mut start = self.start(seed);
        let mut filters: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
        let mut others = 0;
        let short = covering(&filters, all);
        if filters.len() > FEW && !self.is_filtered && short.len() * 2 < filters.len() {
            filters = short;
        }
        if filters.len() > MOST {
            filters = areas(cases);
            let is_meant = |outcome: &&CaseOutcome| {
                let id = outcome.id.as_str();
                let is_named = filters.iter().any(|filter| id.contains(filter.as_str()));
                is_named && outcome.verdict != Verdict::Skip
            };
            others = all.iter().filter(is_meant).count() - cases.len();
        } else if filters.len() == cases.len() {
            start.push("--exact".to_owned());
        }
        let mut lines = vec![start.join(" ")];
        lines.extend(filters.iter().map(|filter| format!("  {}", quoted(filter))));
        lines.extend(self.end().map(|end| format!("  {end}")));
        let last = lines.len() - 1;
        for line in &mut lines[..last] {
            line.push_str(" \\");
        }
        Repetition { lines, others }
    }

    /// What stands before and after the id of a case in the command that runs it alone.
    pub(super) fn around_case(&self, seed: u64) -> (String, String) {
        let mut start = self.start(seed);
        start.push("--exact".to_owned());
        (start.join(" "), self.end().unwrap_or_default())
    }

    fn start(&self, seed: u64) -> Vec<String> {
        let mut start = vec!["registry-conformance".to_owned()];
        start.extend(self.options.iter().map(|word| quoted(word)));
        // A registry keeps the names that the seed made: with it, the same command would meet conflicts instead of the failures.
        if self.is_bundled || self.client.is_some() {
            start.push(format!("--seed {seed}"));
        }
        start
    }

    fn end(&self) -> Option<String> {
        let words: Vec<String> = self
            .client
            .as_ref()?
            .iter()
            .map(|word| quoted(word))
            .collect();
        Some(format!("-- {}", words.join(" ")))
    }
}

/// What the ids begin with, each once.
fn areas(cases: &[&CaseOutcome]) -> Vec<String> {
    let mut areas: Vec<String> = cases
        .iter()
        .map(|case| match case.id.split_once('/') {
            Some((area, _)) => format!("{area}/"),
            None => case.id.clone(),
        })
        .collect();
    areas.dedup();
    areas
}

/// Parts of ids, each of which is in the ids of `wanted` alone, but for cases that were skipped and would be again: whole
/// areas and case files where all of it is wanted.
pub(super) fn covering(wanted: &[String], all: &[CaseOutcome]) -> Vec<String> {
    let others: Vec<&str> = all
        .iter()
        .filter(|outcome| outcome.verdict != Verdict::Skip)
        .map(|outcome| outcome.id.as_str())
        .filter(|id| !wanted.iter().any(|wanted| wanted == id))
        .collect();
    let mut found: Vec<String> = Vec::new();
    for id in wanted {
        if found.iter().any(|filter| id.contains(filter.as_str())) {
            continue;
        }
        let area = id.split_once('/').map(|(area, _)| format!("{area}/"));
        let file = id.split_once('[').map(|(file, _)| format!("{file}["));
        let filter = area
            .into_iter()
            .chain(file)
            .find(|filter| !others.iter().any(|other| other.contains(filter.as_str())));
        // The whole id may be a part of another one, too; then there is no way around it.
        found.push(filter.unwrap_or_else(|| id.clone()));
    }
    let is_exact = found
        .iter()
        .all(|filter| !others.iter().any(|other| other.contains(filter.as_str())));
    if is_exact { found } else { wanted.to_vec() }
}

/// A word of a POSIX shell; in quotes only where it needs them.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte));
    if is_plain {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn words_are_quoted_where_a_shell_would_change_them() {
        let rows = [
            ("digest/a-b", "digest/a-b"),
            ("--target", "--target"),
            ("a[b]", "'a[b]'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
            ("a b;c", "'a b;c'"),
            ("~", "'~'"),
        ];
        for (word, expected) in rows {
            assert_eq!(quoted(word), expected);
        }
    }
}
