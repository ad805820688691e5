//! The lines at which the steps of a case file and their expectations begin.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::yaml::Spans;

/// Members that steps and expectations stand in.
const PLACES: &[&str] = &["steps", "attempt", "parallel", "expect", "skip-unless"];

/// Lines by JSON pointer, as a text with a `LINE POINTER` for each. The places of all values would take fifty times the memory, and that
/// for each file; as a text, `build.rs` puts those of the built-in cases into the binary.
#[derive(Debug)]
pub(super) struct Lines(pub(super) Cow<'static, str>);

impl Lines {
    /// The line of the value at a pointer, or of the nearest one that it is inside of.
    pub(super) fn at(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            let of_pointer = self.0.lines().find_map(|place| {
                let (line, known) = place.split_once(' ')?;
                (known == pointer).then(|| line.parse().ok())?
            });
            match (of_pointer, pointer.rfind('/')) {
                (Some(line), _) => return line,
                (None, Some(end)) => pointer = &pointer[..end],
                (None, None) => return 1,
            }
        }
    }
}

impl From<&Spans> for Lines {
    fn from(spans: &Spans) -> Self {
        Self(Cow::Owned(lines_of(spans)))
    }
}

/// The text that [`Lines`] are.
pub(super) fn lines_of(spans: &Spans) -> String {
    let is_number = |segment: &str| segment.bytes().all(|octet| octet.is_ascii_digit());
    let is_place = |pointer: &str| {
        pointer
            .split('/')
            .skip(1)
            .all(|segment| is_number(segment) || PLACES.contains(&segment))
    };
    let mut lines = String::new();
    for (pointer, position) in spans.values().filter(|(pointer, _)| is_place(pointer)) {
        let _ = writeln!(lines, "{} {pointer}", position.line);
    }
    lines.shrink_to_fit();
    lines
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use crate::yaml::Located;

    #[test]
    fn what_has_no_line_of_its_own_has_that_of_its_parent() {
        let text = "summary: x\nsteps:\n  - create:\n    expect:\n      - {rule: CRE-1}\n      - rule: CRE-2\n        body: {a: 1}\n  - parallel:\n      steps:\n        - get:\n";
        let lines = Lines::from(&Located::parse(text).expect("YAML").spans);
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
