//! The grammar of package names (section 1 of the profile).

/// Octets that a name may have in all.
const MAX_NAME: usize = 128;
/// Octets of a label.
const MAX_LABEL: usize = 63;

/// Whether the text is `namespace:label`.
pub(super) fn is_valid(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name
            .split_once(':')
            .is_some_and(|(namespace, label)| namespace.split('.').all(is_label) && is_label(label))
}

fn is_label(label: &str) -> bool {
    let alphanumeric = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let bytes = label.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(&first), Some(&last)) => {
            bytes.len() <= MAX_LABEL
                && alphanumeric(first)
                && alphanumeric(last)
                && bytes.iter().all(|&c| alphanumeric(c) || c == b'-')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_grammar() {
        let longest_label = "a".repeat(63);
        for (name, valid) in [
            ("bytecodealliance.org:dog-facts", true),
            ("a:b", true),
            ("0:9", true),
            (&*format!("{longest_label}:{longest_label}"), true),
            (&*format!("{longest_label}a:b"), false),
            (&*format!("{longest_label}.{longest_label}:b"), false),
            ("", false),
            ("dog-facts", false),
            (":dog-facts", false),
            ("a:", false),
            ("a:b:c", false),
            ("a..b:c", false),
            ("a/b:c", false),
            ("..:c", false),
            ("a:-b", false),
            ("a:b-", false),
            ("A:b", false),
            ("a b:c", false),
            ("a:b\n", false),
            ("ä:b", false),
        ] {
            assert_eq!(is_valid(name), valid, "{name:?}");
        }
    }
}
