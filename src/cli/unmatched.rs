//! Filters that no case matches. libtest passes over them in silence, and a misspelt name would count for a run.

use super::arguments::RunArguments;
use super::exit::Exit;
use super::load::{self, Judged};
use crate::case::Case;
use crate::plan::Selection;
use crate::suggest;

/// Says on stderr which filters match nothing, where others do.
pub(super) fn warn(arguments: &RunArguments, cases: &[Case], judged: Judged) {
    let unmatched = filters(arguments, cases);
    if unmatched.is_empty() || unmatched.len() == arguments.filters.len() {
        return;
    }
    let names = names(cases, arguments, judged);
    for filter in unmatched {
        let what = if arguments.exact {
            "is called"
        } else {
            "matches"
        };
        eprintln!(
            "warning: no case {what} {filter}{}",
            hint(filter, &names, arguments.exact)
        );
    }
}

/// What a run without any case comes to.
pub(super) fn nothing_matches(
    arguments: &RunArguments,
    cases: &[Case],
    judged: Judged,
    wrapped: bool,
) -> Exit {
    if wrapped {
        return Exit::Conforms;
    }
    let names = names(cases, arguments, judged);
    let hint = filters(arguments, cases)
        .into_iter()
        .map(|filter| hint(filter, &names, arguments.exact))
        .find(|hint| !hint.is_empty())
        .unwrap_or_default();
    let list = match judged {
        Judged::Registry => "registry-conformance --list",
        Judged::Client => "registry-conformance client --list",
    };
    eprintln!(
        "error: no case matches {}{hint} (`{list}` names all cases)",
        arguments.filters.join(", ")
    );
    Exit::NothingRan
}

/// Those that match no case, whatever `--skip` leaves out.
fn filters<'a>(arguments: &'a RunArguments, cases: &[Case]) -> Vec<&'a str> {
    let matches = |filter: &&String| {
        let alone = Selection {
            filters: vec![(*filter).clone()],
            exact: arguments.exact,
            ..Selection::default()
        };
        cases.iter().any(|case| alone.selects(&case.id))
    };
    arguments
        .filters
        .iter()
        .filter(|filter| !matches(filter))
        .map(String::as_str)
        .collect()
}

/// The ids of all cases; for whole ids no more were read than were asked for.
fn names(cases: &[Case], arguments: &RunArguments, judged: Judged) -> Vec<String> {
    let all = load::cases(arguments.cases.as_deref(), judged);
    let ids = |cases: &[Case]| cases.iter().map(|case| case.id.clone()).collect();
    all.map_or_else(|_| ids(cases), |all| ids(&all))
}

fn hint(filter: &str, names: &[String], exact: bool) -> String {
    let values: Vec<&str> = names
        .iter()
        .filter_map(|name| name.strip_prefix(filter)?.strip_prefix('['))
        .filter_map(|value| value.strip_suffix(']'))
        .collect();
    if let (true, [first, ..]) = (exact, values.as_slice()) {
        return format!(
            "; it has {} values, as `{filter}[{first}]` (without --exact the name takes them all)",
            values.len()
        );
    }
    suggest::nearest(filter, names.iter().map(String::as_str))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
