//! Words of a POSIX shell.

use super::visible::text;
use crate::wire::Segment;

/// Appends one word of a command line that is `segments`: in single quotes, or, where a secret's variable has to be expanded,
/// in double quotes.
pub(super) fn quote_into(line: &mut String, segments: &[Segment<'_>]) {
    let is_plain = segments
        .iter()
        .all(|segment| matches!(segment, Segment::Plain(_)));
    if !is_plain {
        line.push_str(&in_double_quotes(segments));
        return;
    }
    line.push('\'');
    for segment in segments {
        let Segment::Plain(plain) = segment else {
            continue;
        };
        for (index, part) in text(plain).split('\'').enumerate() {
            if index > 0 {
                line.push_str(r"'\''");
            }
            line.push_str(part);
        }
    }
    line.push('\'');
}

fn in_double_quotes(segments: &[Segment<'_>]) -> String {
    let mut word = String::from("\"");
    for segment in segments {
        match segment {
            Segment::Secret(label) => {
                word.push_str("${");
                word.push_str(label);
                word.push('}');
            }
            Segment::Plain(plain) => {
                for character in text(plain).chars() {
                    if matches!(character, '"' | '\\' | '$' | '`') {
                        word.push('\\');
                    }
                    word.push(character);
                }
            }
        }
    }
    word.push('"');
    // Braces are needed only where a name could go on.
    simplify(&word)
}

/// `${NAME}` as `$NAME` where nothing follows that could belong to the name.
fn simplify(word: &str) -> String {
    let mut simple = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(start) = rest.find("${") {
        let (before, from) = rest.split_at(start);
        simple.push_str(before);
        let end = from.find('}').unwrap_or(from.len() - 1);
        let (reference, after) = from.split_at(end + 1);
        let goes_on = after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
        if goes_on || before.ends_with('\\') {
            simple.push_str(reference);
        } else {
            simple.push('$');
            simple.push_str(&reference[2..reference.len() - 1]);
        }
        rest = after;
    }
    simple.push_str(rest);
    simple
}
