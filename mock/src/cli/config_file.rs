//! The configuration file: the content of the options, as YAML or JSON.

use std::path::Path;

use super::{Options, OptionsError, config_reason::reason};

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
            (
                "port: 70000",
                "failed to read f.yaml:1:7: expected a number from 0 to 65535",
            ),
            (
                "seed: -1",
                "failed to read f.yaml:1:7: expected a whole number, 0 or more",
            ),
            (
                "plain: perhaps",
                "failed to read f.yaml:1:8: expected true or false",
            ),
            (
                "plain: [true]",
                "failed to read f.yaml:1:8: expected a single value",
            ),
            (
                "defect: accepts-alg-none",
                "failed to read f.yaml:1:9: expected a list",
            ),
            (
                "host: {a: b}",
                "failed to read f.yaml:1:7: expected a single value",
            ),
            (
                "port: 1\nport: 2",
                "failed to read f.yaml:2:1: \"port\" stands there twice",
            ),
            (
                "verification: some",
                "failed to read f.yaml:1:15: \"some\" is none of all, uploads, none",
            ),
            (
                "identities: [{name: owner, token: t}]",
                "failed to read f.yaml:1:28: the member \"role\" is missing",
            ),
            (
                "port: [1",
                "failed to read f.yaml:1:7: expected a single value",
            ),
            (
                "host: \"a",
                "failed to read f.yaml:1:7: this is no YAML; look at brackets, quotes and indentation here and above",
            ),
            (
                "host: a: b",
                "failed to read f.yaml:1:8: this is no YAML; look at brackets, quotes and indentation here and above",
            ),
            (
                "port: *x",
                "failed to read f.yaml:1:7: there is no anchor of this name",
            ),
            (
                "port: 1\n---\nport: 2",
                "failed to read f.yaml:3:1: a second document begins; one file holds one document",
            ),
            (
                "- port",
                "failed to read f.yaml:1:1: expected members, as `name: value`",
            ),
        ] {
            let error = read(Path::new("f.yaml"), text.as_bytes())
                .unwrap_err()
                .to_string();
            assert_eq!(error, expected, "{text}");
        }
    }

    #[test]
    fn shows_no_secret() {
        let text = b"identities:\n- {name: owner, role: publisher, token: s3cret}\nnonsense: 1\n";
        let error = read(Path::new("f.yaml"), text).unwrap_err().to_string();
        assert!(!error.contains("s3cret"), "{error}");
    }
}
