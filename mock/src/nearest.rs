//! What a request that reaches no operation was perhaps meant for, and why it does not get there.

use http::Method;
use strsim::normalized_damerau_levenshtein;

use crate::{journal::NearestOperation, operation::Operation, registry::is_valid_version};

/// Below this likeness two words are different words.
const ALIKE: f64 = 0.5;
/// A path resembles a place when putting it right costs less than this for each of its segments.
const RESEMBLANCE: f64 = 0.55;
/// Longer segments are not repeated.
const LONGEST_SHOWN: usize = 40;

/// Longer paths are not looked at.
const LONGEST_PATH: usize = 1024;

/// A part of a path between slashes.
#[derive(Clone, Copy)]
enum Segment {
    Word(&'static str),
    Name,
    Version,
    Token,
}

use Segment::{Name, Token, Version, Word};

const COMPONENTS: Segment = Word("components");
const UNPUBLISHED: [Segment; 4] = [COMPONENTS, Name, Version, Word("unpublished")];
const SOURCES: [Segment; 4] = [COMPONENTS, Name, Version, Word("content-sources")];
const RELEASE: [Segment; 3] = [COMPONENTS, Name, Version];

/// The operations where their resources stand; the path of create is the registry's own.
const PLACES: [(Operation, Method, &[Segment]); 9] = [
    (Operation::Get, Method::GET, &RELEASE),
    (Operation::Publish, Method::POST, &RELEASE),
    (Operation::Status, Method::GET, &UNPUBLISHED),
    (Operation::Cancel, Method::DELETE, &UNPUBLISHED),
    (
        Operation::Status,
        Method::GET,
        &[COMPONENTS, Name, Version, Word("unpublished"), Token],
    ),
    (Operation::AddSources, Method::POST, &SOURCES),
    (Operation::ReplaceSources, Method::PUT, &SOURCES),
    (
        Operation::Upload,
        Method::POST,
        &[COMPONENTS, Name, Version, Word("uploads"), Token],
    ),
    (
        Operation::Content,
        Method::GET,
        &[COMPONENTS, Name, Version, Word("content")],
    ),
];

/// The operation nearest to a path that is no resource.
pub(crate) fn nearest_of_path(method: &Method, path: &str, create_path: &str) -> NearestOperation {
    if path.len() > LONGEST_PATH {
        return NearestOperation {
            operation: None,
            why: "the path is longer than any of the API's".to_owned(),
        };
    }
    let sent: Vec<&str> = path.trim_matches('/').split('/').collect();
    let create_likeness = normalized_damerau_levenshtein(path.trim_matches('/'), create_path);
    let best = PLACES
        .iter()
        .map(|(operation, expected_method, place)| {
            let (cost, whys) = compare(&sent, place);
            let other_method = if method == expected_method
                || *method == Method::HEAD && *expected_method == Method::GET
            {
                0.0
            } else {
                0.3
            };
            (
                cost + other_method,
                *operation,
                f64::from(u8::try_from(place.len()).unwrap_or(u8::MAX)),
                whys,
            )
        })
        .min_by(|a, b| a.0.total_cmp(&b.0));
    let path_starts_like_create = create_likeness >= ALIKE && create_path != path;
    if path_starts_like_create
        && best
            .as_ref()
            .is_none_or(|(cost, ..)| *cost > 1.0 - create_likeness)
    {
        let why = if path.ends_with('/') || path.starts_with('/') {
            format!("`{create_path}` has no slash before or after it")
        } else {
            format!("{}did you mean `{create_path}`?", shown(path))
        };
        return NearestOperation {
            operation: Some(Operation::Create),
            why,
        };
    }
    match best {
        Some((cost, operation, length, mut whys)) if cost < length * RESEMBLANCE => {
            if path.ends_with('/') {
                whys.push("there is no slash at the end".to_owned());
            }
            if whys.is_empty() {
                whys.push("this registry does not have it".to_owned());
            }
            NearestOperation {
                operation: Some(operation),
                why: whys.join("; "),
            }
        }
        _ => NearestOperation {
            operation: None,
            why: format!(
                "nothing has a path like this: the API has `{create_path}` and `components/{{name}}/v{{version}}`"
            ),
        },
    }
}

/// What a sent segment costs in the place of an expected one, and what is wrong with it.
fn judge(sent: &str, expected: Segment) -> (f64, Option<String>) {
    match expected {
        Word(word) if sent == word => (0.0, None),
        Word(word) => {
            let likeness = normalized_damerau_levenshtein(sent, word);
            let why = if likeness >= ALIKE {
                format!("{}did you mean `{word}`?", shown(sent))
            } else {
                format!("`{word}` is expected in the place of another segment")
            };
            (1.2 - likeness, Some(why))
        }
        Name if sent.is_empty() => (0.7, Some("the name is empty".to_owned())),
        Name if sent.contains(':') || sent.to_ascii_lowercase().contains("%3a") => (0.0, None),
        Name => (0.4, None),
        Version => match sent.strip_prefix('v') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => (0.0, None),
            Some(_) => (0.5, None),
            None => {
                let why = if is_valid_version(sent) && sent.len() <= LONGEST_SHOWN {
                    format!("`{sent}`: a version has a `v` before it, as in `v{sent}`")
                } else {
                    "a version with a `v` before it is expected, as in `v1.0.0`".to_owned()
                };
                (0.6, Some(why))
            }
        },
        Token => (0.1, None),
    }
}

fn describe_missing(expected: Segment) -> String {
    match expected {
        Word(word) => format!("`{word}` is missing"),
        Name => "the name is missing".to_owned(),
        Version => "the version is missing, as in `v1.0.0`".to_owned(),
        Token => "the end of the URL is missing, which only the registry knows".to_owned(),
    }
}

fn describe_surplus(sent: &str, after_name: bool) -> String {
    if sent.is_empty() {
        "there is an empty segment (`//`)".to_owned()
    } else if after_name {
        "there is a segment too much: a name is one segment, `namespace:label`".to_owned()
    } else {
        "there is a segment too much".to_owned()
    }
}

/// The cheapest way from what was sent to a place, with what is wrong on that way.
fn compare(sent: &[&str], place: &[Segment]) -> (f64, Vec<String>) {
    // `ways[i]` leads from the first segments sent, their number fixed by the turn, to the first i of the place.
    let mut ways: Vec<(f64, Vec<String>)> = vec![(0.0, Vec::new())];
    for &expected in place {
        let (cost, whys) = &ways[ways.len() - 1];
        ways.push((cost + 1.0, with(whys, Some(describe_missing(expected)))));
    }
    for &segment in sent {
        let mut next: Vec<(f64, Vec<String>)> = Vec::with_capacity(ways.len());
        for (i, (cost, whys)) in ways.iter().enumerate() {
            let after_name =
                i > 0 && (matches!(place[i - 1], Name) || matches!(place.get(i), Some(Name)));
            let mut best = (
                cost + 1.0,
                with(whys, Some(describe_surplus(segment, after_name))),
            );
            if i > 0 {
                let expected = place[i - 1];
                let (price, why) = judge(segment, expected);
                let (before, whys) = &ways[i - 1];
                if before + price <= best.0 {
                    best = (before + price, with(whys, why));
                }
                let (before, whys) = &next[i - 1];
                if before + 1.0 < best.0 {
                    best = (before + 1.0, with(whys, Some(describe_missing(expected))));
                }
            }
            next.push(best);
        }
        ways = next;
    }
    ways.pop().unwrap_or_default()
}

fn with(whys: &[String], why: Option<String>) -> Vec<String> {
    whys.iter().cloned().chain(why).collect()
}

/// A segment to repeat, if it is fit for that: short and printable.
fn shown(segment: &str) -> String {
    if segment.len() <= LONGEST_SHOWN && is_printable(segment) {
        format!("`{segment}`: ")
    } else {
        String::new()
    }
}

fn is_printable(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'`')
}

/// The path of every resource, with placeholders, relative to the base URL.
#[cfg(test)]
pub(crate) fn sample_paths(create_path: &str) -> std::collections::BTreeSet<String> {
    let segment = |segment: &Segment| match segment {
        Word(word) => (*word).to_owned(),
        Name => "{name}".to_owned(),
        Version => "v{version}".to_owned(),
        Token => "{token}".to_owned(),
    };
    PLACES
        .iter()
        .map(|(_, _, place)| place.iter().map(segment).collect::<Vec<_>>().join("/"))
        .chain([create_path.to_owned()])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_operation_and_what_is_wrong() {
        for (method, path, operation, why) in [
            (
                "POST",
                "release",
                Some(Operation::Create),
                "did you mean `releases`?",
            ),
            ("POST", "releases/", Some(Operation::Create), "no slash"),
            (
                "GET",
                "component/a:b/v1.0.0",
                Some(Operation::Get),
                "`component`: did you mean `components`?",
            ),
            (
                "POST",
                "component/a:b/v1.0.0",
                Some(Operation::Publish),
                "did you mean `components`?",
            ),
            (
                "GET",
                "components/a:b/1.0.0",
                Some(Operation::Get),
                "as in `v1.0.0`",
            ),
            (
                "GET",
                "components/a:b/v1.0.0/unpublish",
                Some(Operation::Status),
                "did you mean `unpublished`?",
            ),
            (
                "DELETE",
                "components/a:b/1.0.0/unpublished",
                Some(Operation::Cancel),
                "as in `v1.0.0`",
            ),
            (
                "PUT",
                "components/a:b/v1.0.0/content-source",
                Some(Operation::ReplaceSources),
                "did you mean `content-sources`?",
            ),
            (
                "GET",
                "components/a/b/v1.0.0",
                Some(Operation::Get),
                "a name is one segment",
            ),
            (
                "GET",
                "components//a:b/v1.0.0",
                Some(Operation::Get),
                "empty segment",
            ),
            (
                "GET",
                "components/a:b/v1.0.0/",
                Some(Operation::Get),
                "no slash at the end",
            ),
            (
                "GET",
                "components/a:b",
                Some(Operation::Get),
                "the version is missing",
            ),
            (
                "GET",
                "api/components/a:b/v1.0.0",
                Some(Operation::Get),
                "a segment too much",
            ),
            (
                "POST",
                "components/a:b/v1.0.0/upload/0123456789abcdef",
                Some(Operation::Upload),
                "did you mean `uploads`?",
            ),
            ("GET", "favicon.ico", None, "nothing has a path like this"),
            ("GET", "", None, "nothing has a path like this"),
        ] {
            let nearest = nearest_of_path(&method.parse().unwrap(), path, "releases");
            assert_eq!(nearest.operation, operation, "{method} {path}: {nearest:?}");
            assert!(nearest.why.contains(why), "{method} {path}: {nearest:?}");
        }
    }

    #[test]
    fn does_not_repeat_what_may_be_secret() {
        let token = "0123456789abcdef0123456789abcdef";
        for path in [
            format!("components/a:b/v1.0.0/{token}"),
            format!("components/a:b/{token}/unpublished"),
            format!("{token}/a:b/v1.0.0"),
            format!("components/a:b/v1.0.0/uploads/{token}/{token}"),
        ] {
            let nearest = nearest_of_path(&Method::GET, &path, "releases");
            assert!(!nearest.why.contains(token), "{path}: {nearest:?}");
        }
    }

    #[test]
    fn long_paths_take_no_long_time() {
        let path = "a/".repeat(30_000);
        let nearest = nearest_of_path(&Method::GET, &path, "releases");
        assert_eq!(nearest.operation, None);
    }
}
