//! The grammar of versions (semver 2.0.0). Own code, because the semver crate takes no number beyond 64 bits, which the grammar allows.

/// Octets that a version may have in all.
const MAX_VERSION: usize = 255;

/// Whether the text is a version without a leading `v`.
pub(crate) fn is_valid(version: &str) -> bool {
    let (rest, build) = split(version, '+');
    let (core, pre_release) = split(rest, '-');
    version.len() <= MAX_VERSION
        && core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre_release.is_none_or(|text| text.split('.').all(is_pre_release_identifier))
        && build.is_none_or(|text| text.split('.').all(is_identifier))
}

/// Whether a number of the version's core is beyond 64 bits.
pub(super) fn overflows(version: &str) -> bool {
    let (rest, _) = split(version, '+');
    let (core, _) = split(rest, '-');
    core.split('.').any(|number| number.parse::<u64>().is_err())
}

fn split(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_number(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit())
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

fn is_pre_release_identifier(text: &str) -> bool {
    is_identifier(text) && (!is_digits(text) || is_number(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_the_semver_specification_takes() {
        for version in [
            "0.0.4",
            "10.20.30",
            "1.1.2-prerelease+meta",
            "1.1.2+meta-valid",
            "1.0.0-alpha.0valid",
            "1.0.0-alpha-a.b-c-somethinglong+build.1-aef.1-its-okay",
            "2.0.0-rc.1+build.123",
            "1.2.3----RC-SNAPSHOT.12.9.1--.12+788",
            "1.0.0+0.build.1-rc.10000aaa-kk-0.1",
            "99999999999999999999999.999999999999999999.99999999999999999",
            "1.0.0-0A.is.legal",
            "1.0.0+001",
        ] {
            assert!(is_valid(version), "{version}");
        }
    }

    #[test]
    fn refuses_what_it_refuses() {
        for version in [
            "",
            "1",
            "1.0",
            "v1.0.0",
            "01.0.0",
            "1.2.3-0123",
            "1.2.3-0123.0123",
            "1.1.2+.123",
            "1.0.0-",
            "1.0.0+",
            "1.0.0-a..b",
            "1.2.3.DEV",
            "1.0.0-beta_x",
            "1.0.0-a+b+c",
            "-1.0.0",
            "1.0.0 ",
            "1.0.0-ä",
        ] {
            assert!(!is_valid(version), "{version:?}");
        }
    }
}
