//! What SECURITY.md promises.

mod test_functions;

use std::collections::BTreeMap;
use std::path::Path;

use registry_conformance::wire::render::visible;

/// Tests are named there as `FILE: NAME`.
#[test]
fn every_guard_has_the_test_that_is_named_for_it() {
    let document = std::fs::read_to_string("SECURITY.md").expect("the document");
    let named: Vec<(&str, &str)> = document
        .split('`')
        .filter_map(|quoted| quoted.split_once(".rs: "))
        .collect();
    assert!(named.len() > 30, "{named:?}");
    let mut of_files = BTreeMap::new();
    for (file, test) in named {
        let path = format!("{file}.rs");
        let tests = of_files
            .entry(path.clone())
            .or_insert_with(|| test_functions::of_file(Path::new(&path)));
        assert!(tests.contains(test), "{path} runs no test {test}");
    }
}

/// Every row of a table names the file of the guard and a test.
#[test]
fn no_guard_is_without_a_place_and_a_test() {
    let document = std::fs::read_to_string("SECURITY.md").expect("the document");
    let rows = document
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| it may"));
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 4, "{row}");
        for place in cells[2].split(", ") {
            let place = place.trim().trim_matches('`');
            assert!(Path::new(place).exists(), "{place}");
        }
        assert!(cells[3].contains(".rs: "), "{row}");
    }
}

#[test]
fn nothing_that_is_shown_steers_a_terminal() {
    let rows = [
        ("plain \u{e4}\n\ttext", "plain \u{e4}\n\ttext"),
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("over\rwritten", "over\\rwritten"),
        ("\u{9b}31m", "\\u{9b}31m"),
        ("nul\0 del\x7f", "nul\\x00 del\\x7f"),
        ("\u{202e}gpj.exe", "\\u{202e}gpj.exe"),
        ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
    ];
    for (hostile, shown) in rows {
        assert_eq!(visible(hostile), shown);
    }
}

/// ARCHITECTURE.md has a row for each crate that a package of this repository names.
#[test]
fn every_direct_dependency_has_its_reason() {
    let manifest = std::fs::read_to_string("Cargo.toml").expect("the manifest");
    let architecture = std::fs::read_to_string("ARCHITECTURE.md").expect("the document");
    let (_, section) = architecture
        .split_once("## Dependencies")
        .expect("the section");
    let table = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .expect("the table");
    let names: Vec<&str> = table
        .lines()
        .filter_map(|line| Some(line.split_once(" = ")?.0))
        .collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert!(
            section.contains(&format!("`{name}`")),
            "{name} has no reason"
        );
    }
}

/// `unsafe` is forbidden in all targets of all packages: libraries, programs, tests, benches, examples and build scripts.
#[test]
fn no_package_may_use_unsafe_code() {
    let root = std::fs::read_to_string("Cargo.toml").expect("the manifest");
    assert!(root.contains("unsafe_code = \"forbid\""));
    for manifest in ["Cargo.toml", "mock/Cargo.toml"] {
        let text = std::fs::read_to_string(manifest).expect("the manifest");
        assert!(text.contains("\n[lints]\nworkspace = true\n"), "{manifest}");
    }
    let targets = std::fs::read_to_string("fuzz/src/lib.rs").expect("the fuzz targets");
    assert!(targets.contains("\n#![forbid(unsafe_code)]\n"));
}
