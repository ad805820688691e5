//! The configuration file: the content of the options, as YAML or JSON.

use std::path::Path;

use serde_saphyr::Error;

use super::{Options, OptionsError, session_options::nearest};

/// Reads the options that a file holds.
pub(super) fn read(path: &Path, text: &[u8]) -> Result<Options, OptionsError> {
    // JSON is YAML. Parts of the file are not shown: it may hold tokens.
    let options = serde_saphyr::options! { with_snippet: false };
    serde_saphyr::from_slice_with_options(text, options).map_err(|error| {
        let place = match error.location() {
            Some(location) => format!(
                "{}:{}:{}",
                path.display(),
                location.line(),
                location.column()
            ),
            None => path.display().to_string(),
        };
        OptionsError::File {
            place,
            reason: reason(&error),
        }
    })
}

fn reason(error: &Error) -> String {
    match error {
        Error::SerdeUnknownField {
            field, expected, ..
        } => {
            let known: Vec<String> = expected.iter().map(ToString::to_string).collect();
            let hint = nearest(field, &known)
                .map_or_else(String::new, |name| format!("; did you mean {name:?}?"));
            format!("{field:?} is no option{hint}")
        }
        error => {
            let text = error.to_string();
            let text = text.trim_start_matches("error: ");
            // The place is said already.
            let text = match text.split_once(": ") {
                Some((place, reason)) if place.starts_with("line ") => reason,
                _ => text,
            };
            let text = text.trim_end();
            match text.rsplit_once(" at line ") {
                Some((reason, _)) => reason.to_owned(),
                None => text.to_owned(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_where_the_mistake_is() {
        for (text, expected) in [
            (
                "port: 0\nprot: 1\n",
                "failed to read f.yaml:2:1: \"prot\" is no option; did you mean \"port\"?",
            ),
            (
                "nonsense: 1",
                "failed to read f.yaml:1:1: \"nonsense\" is no option",
            ),
            (
                "{\"port\": 0,\n \"max-content\": \"lots\"}",
                "failed to read f.yaml:2:17: failed to read \"lots\" as a size such as 4096, 512 KiB, 64 MiB or 1 GB",
            ),
            (
                "expiry: [1]",
                "failed to read f.yaml:1:9: expected text or a number",
            ),
            ("port: 70000", "failed to read f.yaml:1:7: "),
            (
                "port: [1",
                "failed to read f.yaml:1:7: expected string scalar",
            ),
            ("- port", "failed to read f.yaml:1:1: "),
        ] {
            let error = read(Path::new("f.yaml"), text.as_bytes())
                .unwrap_err()
                .to_string();
            assert!(
                error.starts_with(expected) && error.lines().count() == 1,
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn shows_no_secret() {
        let text = b"identities:\n- {name: owner, role: publisher, token: s3cret}\nnonsense: 1\n";
        let error = read(Path::new("f.yaml"), text).unwrap_err().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }
}
