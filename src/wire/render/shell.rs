//! Words of a POSIX shell.

use crate::wire::Segment;

/// One word of a command line that is `segments`: in single quotes, or, where a secret's variable has to be expanded,
/// in double quotes.
pub(super) fn quote(segments: &[Segment<'_>]) -> String {
    let text = |plain: &[u8]| String::from_utf8_lossy(plain).into_owned();
    if segments
        .iter()
        .all(|segment| matches!(segment, Segment::Plain(_)))
    {
        let plain: String = segments
            .iter()
            .map(|segment| match segment {
                Segment::Plain(plain) => text(plain),
                Segment::Secret(_) => String::new(),
            })
            .collect();
        return format!("'{}'", plain.replace('\'', r"'\''"));
    }
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
