//! The shipped cases as a whole: every rule is judged somewhere, every area is there, every summary says something.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use registry_conformance::case::{self, Case, Step};
use registry_conformance::known_failures::KnownFailures;
use registry_conformance::plan::{Decision, Hosting, Selection, plan};
use registry_conformance::requirement::{self, Side};
use registry_conformance::target::Target;

fn cases() -> Vec<Case> {
    case::built_in().unwrap()
}

#[test]
fn the_cases_inside_the_binary_are_free_of_mistakes() {
    for (id, text) in case::built_in_files() {
        let errors = case::parse(Path::new(id), id, text)
            .err()
            .unwrap_or_default();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

/// What is inside the binary was read from YAML when it was built, and its list of cases is made without reading them whole.
#[test]
fn what_is_inside_the_binary_is_what_the_files_say() {
    let mut of_files = Vec::new();
    for (id, text) in case::built_in_files() {
        of_files.extend(case::parse(Path::new(id), id, text).unwrap());
    }
    let inside = cases();
    assert_eq!(inside.len(), of_files.len());
    for (inside, of_file) in inside.iter().zip(&of_files) {
        assert_eq!(inside.id, of_file.id);
        assert_eq!(inside.raw_steps, of_file.raw_steps, "{}", inside.id);
        assert_eq!(inside.raw, of_file.raw, "{}", inside.id);
        assert_eq!(inside.requirements, of_file.requirements, "{}", inside.id);
        assert_eq!(inside.is_slow(), inside.file.slow, "{}", inside.id);
        let has_client = inside.steps().iter().any(|step| step.client.is_some());
        assert_eq!(inside.is_about_client(), has_client, "{}", inside.id);
        for step in 0..inside.raw_steps.len() {
            let place = format!("/steps/{step}");
            let line = of_file.line_of(&place);
            assert_eq!(inside.line_of(&place), line, "{} {place}", inside.id);
        }
    }
}

/// They are gathered without reading the steps whole.
#[test]
fn the_rules_of_a_case_are_those_of_its_steps() {
    fn add_rules(steps: &[Step], rules: &mut BTreeSet<String>) {
        for step in steps {
            let stated = step.expectations().iter();
            rules.extend(stated.filter_map(|expectation| expectation.rule.clone()));
            let skip_unless = serde_json::to_value(&step.skip_unless).unwrap();
            rules.extend(skip_unless["rule"].as_str().map(str::to_owned));
            add_rules(step.nested(), rules);
        }
    }
    for case in cases() {
        let mut rules = BTreeSet::new();
        add_rules(case.steps(), &mut rules);
        let gathered: BTreeSet<String> = case.requirements.iter().cloned().collect();
        assert_eq!(gathered, rules, "{}", case.id);
        assert_eq!(gathered.len(), case.requirements.len(), "{}", case.id);
    }
}

#[test]
fn a_case_is_found_by_its_whole_id_without_reading_the_others() {
    let some = cases()
        .into_iter()
        .find(|case| case.id.ends_with(']'))
        .unwrap();
    let found = case::built_in_exactly(std::slice::from_ref(&some.id)).unwrap();
    assert!(found.iter().any(|case| case.id == some.id));
    assert!(found.len() < 100);
}

#[test]
fn every_rule_of_a_registry_has_a_case_or_a_reason() {
    let judged: BTreeSet<String> = cases()
        .into_iter()
        .flat_map(|case| case.requirements.clone())
        .collect();
    let missing: Vec<&str> = requirement::all()
        .filter(|rule| rule.side == Side::Registry && rule.unobservable.is_none())
        .map(|rule| rule.id.as_str())
        .filter(|id| !judged.contains(*id))
        .collect();
    assert!(missing.is_empty(), "no case judges {missing:?}");
}

/// Octets of a limit, and the cases that it is too small for.
#[test]
fn contents_beyond_the_limit_of_the_target_are_not_tried() {
    let cases: Vec<Case> = cases()
        .into_iter()
        .filter(|case| !case.is_about_client())
        .collect();
    let skipped = |content: u64| -> Vec<String> {
        let mut target = Target::with_defaults("http://127.0.0.1:9/".parse().unwrap());
        target.limits.content = content;
        let capabilities = target.capabilities.resolve_seen(true, true);
        plan(
            &cases,
            &target,
            &capabilities,
            Hosting { origins: 3 },
            &Selection::default(),
            &KnownFailures::default(),
        )
        .into_iter()
        .filter(|planned| {
            matches!(&planned.decision, Decision::Skip { missing, .. } if missing == "limits.content")
        })
        .map(|planned| planned.case.id.clone())
        .collect()
    };
    let large = [
        "digest/hashes-large-content-to-the-end",
        "upload/serves-the-uploaded-bytes[300-kib]",
    ];
    assert!(skipped((300 << 10) + 5).is_empty());
    assert_eq!(skipped((300 << 10) + 4), large[..1]);
    assert_eq!(skipped((300 << 10) - 1), large);
    let medium = [
        "digest/hashes-large-content-to-the-end",
        "upload/same-content-at-once-does-no-harm",
        "upload/serves-the-uploaded-bytes[300-kib]",
        "upload/takes-chunked-content[200 KiB]",
    ];
    assert_eq!(skipped(128 << 10), medium);
    assert!(skipped(4 << 10).len() > 8);
}

#[test]
fn the_areas_are_covered() {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in cases() {
        let file = case.id.split('[').next().unwrap_or_default().to_owned();
        let area = file.split('/').next().unwrap_or_default().to_owned();
        files.entry(area).or_default().insert(file);
    }
    for area in [
        "publish",
        "digest",
        "sources",
        "async",
        "access",
        "signature",
    ] {
        let count = files.get(area).map_or(0, BTreeSet::len);
        assert!(count >= 8, "cases/{area} has {count} files");
    }
    let all: usize = files.values().map(BTreeSet::len).sum();
    assert!(all >= 200, "there are {all} case files");
}

#[test]
fn every_rule_of_a_client_has_a_case_about_clients() {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut judged: BTreeSet<String> = BTreeSet::new();
    for case in cases() {
        let is_about_client = case.id.starts_with("client/");
        for rule in &case.requirements {
            let side = requirement::find(rule).unwrap().side;
            assert_eq!(side == Side::Client, is_about_client, "{}: {rule}", case.id);
        }
        let file = case.id.split('[').next().unwrap_or_default().to_owned();
        if let Some(("client", operation)) = file
            .split_once('/')
            .map(|(area, rest)| (area, rest.split('/').next().unwrap_or_default().to_owned()))
        {
            files.entry(operation).or_default().insert(file);
            judged.extend(case.requirements.clone());
        }
    }
    let operations: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(operations, ["fetch", "publish"]);
    let count = files["publish"].len();
    assert!(count >= 60, "cases/client/publish has {count} files");
    let missing: Vec<&str> = requirement::all()
        .filter(|rule| rule.side == Side::Client && rule.unobservable.is_none())
        .map(|rule| rule.id.as_str())
        .filter(|id| !judged.contains(*id))
        .collect();
    assert!(missing.is_empty(), "no case judges {missing:?}");
}

#[test]
fn ids_are_unique_and_every_case_names_rules_that_exist() {
    let mut ids = BTreeSet::new();
    for case in cases() {
        assert!(ids.insert(case.id.clone()), "{} is there twice", case.id);
        assert!(!case.requirements.is_empty(), "{} judges nothing", case.id);
        for rule in &case.requirements {
            assert!(requirement::find(rule).is_some(), "{}: {rule}", case.id);
        }
        assert!(
            case.file.summary.ends_with('.') && case.file.summary.len() > 20,
            "{}: the summary is one sentence",
            case.id
        );
    }
}
