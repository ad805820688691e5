//! The lines at which the steps of a case file and their expectations begin.

use crate::yaml::{Located, Spans};

/// Members that steps and expectations stand in.
const PLACES: &[&str] = &["steps", "attempt", "parallel", "expect", "skip-unless"];

/// Lines by JSON pointer, in order of the pointers. The places of all values would take fifty times the memory, and that for each file.
#[derive(Debug, Default)]
pub(super) struct Lines(Vec<(Box<str>, usize)>);

impl Lines {
    /// Of a file that could be read before.
    pub(super) fn of(text: &str) -> Self {
        Located::parse(text).map_or_else(|_| Self::default(), |read| Self::from(&read.spans))
    }

    /// The line of the value at a pointer, or of the nearest one that it is inside of.
    pub(super) fn at(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            let found = self
                .0
                .binary_search_by(|(known, _)| known.as_ref().cmp(pointer));
            match (found, pointer.rfind('/')) {
                (Ok(index), _) => return self.0[index].1,
                (Err(_), Some(end)) => pointer = &pointer[..end],
                (Err(_), None) => return 1,
            }
        }
    }
}

impl From<&Spans> for Lines {
    fn from(spans: &Spans) -> Self {
        let is_number = |segment: &str| segment.bytes().all(|octet| octet.is_ascii_digit());
        let is_place = |pointer: &str| {
            pointer
                .split('/')
                .skip(1)
                .all(|segment| is_number(segment) || PLACES.contains(&segment))
        };
        let places = spans.values().filter(|(pointer, _)| is_place(pointer));
        Self(
            places
                .map(|(pointer, position)| (pointer.into(), position.line))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn what_has_no_line_of_its_own_has_that_of_its_parent() {
        let lines = Lines::of(
            "summary: x\nsteps:\n  - create:\n    expect:\n      - {rule: CRE-1}\n      - rule: CRE-2\n        body: {a: 1}\n  - parallel:\n      steps:\n        - get:\n",
        );
        let rows = [
            ("", 1),
            ("/given/content", 1),
            ("/steps/0", 3),
            ("/steps/0/expect/0", 5),
            ("/steps/0/expect/1/body/a", 6),
            ("/steps/1/parallel/steps/0", 10),
            ("/steps/7", 3),
        ];
        for (pointer, line) in rows {
            assert_eq!(lines.at(pointer), line, "{pointer}");
        }
    }
}
