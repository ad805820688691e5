//! Mistakes in the configuration file, in the words of its options.

use serde_saphyr::Error;

use super::session_options::nearest;

/// What is wrong; never with a value that may be a secret.
pub(super) fn reason(error: &Error) -> String {
    match error {
        Error::SerdeUnknownField {
            field, expected, ..
        } => {
            let known: Vec<String> = expected.iter().map(ToString::to_string).collect();
            let hint = nearest(field, &known)
                .map_or_else(String::new, |name| format!("; did you mean {name:?}?"));
            let what = if known.iter().any(|name| name == "port") {
                "is no option".to_owned()
            } else {
                format!("is none of the members {}", known.join(", "))
            };
            format!("{field:?} {what}{hint}")
        }
        Error::SerdeMissingField { field, .. } => format!("the member {field:?} is missing"),
        Error::DuplicateMappingKey { key, .. } => match key {
            Some(key) => format!("{key:?} stands there twice"),
            None => "a member stands there twice".to_owned(),
        },
        Error::SerdeUnknownVariant {
            variant, expected, ..
        } => format!("{variant:?} is none of {}", expected.join(", ")),
        Error::SerdeInvalidType { expected, .. } | Error::SerdeInvalidValue { expected, .. } => {
            wanted(expected)
        }
        Error::InvalidScalar { ty, .. } => wanted(ty),
        Error::Unexpected { expected, .. } => wanted(expected),
        Error::ExternallyTaggedEnumExpectedScalarOrMapping { .. }
        | Error::TaggedScalarCannotDeserializeIntoString { .. } => wanted("string"),
        Error::InvalidBooleanStrict { .. } => wanted("bool"),
        Error::NullIntoString { .. } => "a value is missing".to_owned(),
        Error::InvalidUtf8Input => "the file is not in UTF-8".to_owned(),
        Error::MultipleDocuments { .. } => {
            "a second document begins; one file holds one document".to_owned()
        }
        Error::UnknownAnchor { .. } => "there is no anchor of this name".to_owned(),
        Error::Budget { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "the file is too large or too deeply nested".to_owned()
        }
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => reason(error),
        // Our own, of the values of options; the parser's own speak of its insides.
        Error::Message { msg, .. } if msg.starts_with(OWN) || msg == SCALAR => msg.clone(),
        _ => "this is no YAML; look at brackets, quotes and indentation here and above".to_owned(),
    }
}

/// How the errors of this crate begin.
const OWN: &str = "failed to ";
/// What [`super::text`] says of what is neither.
pub(super) const SCALAR: &str = "expected text or a number";

fn wanted(expected: &str) -> String {
    let kind = match expected {
        "u16" => "a number from 0 to 65535",
        "u32" | "u64" | "usize" => "a whole number, 0 or more",
        expected if expected.contains("scalar") => "a single value",
        expected if expected.contains("bool") => "true or false",
        expected if expected.contains("sequence") || expected.contains("list") => "a list",
        expected if ["struct", "map"].iter().any(|word| expected.contains(word)) => {
            "members, as `name: value`"
        }
        _ => "text",
    };
    format!("expected {kind}")
}
