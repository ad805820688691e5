//! The parts of the Markdown that other files have to agree with.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use regex::Regex;

/// A fenced block: `http schema=problem body=hex` is language and attributes.
pub(crate) struct Block {
    pub(crate) language: String,
    attributes: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Block {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

pub(crate) fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub(crate) fn text() -> String {
    fs::read_to_string(repository("docs/publish-api.md")).expect("the document is readable")
}

/// All fenced blocks, in order.
pub(crate) fn blocks() -> Vec<Block> {
    let fence = Regex::new(r"(?ms)^```(\S+)([^\n]*)\n(.*?)\n?^```$").expect("a valid expression");
    fence
        .captures_iter(&text())
        .map(|block| Block {
            language: block[1].to_owned(),
            attributes: block[2]
                .split_whitespace()
                .filter_map(|attribute| attribute.split_once('='))
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            text: block[3].to_owned(),
        })
        .collect()
}

/// The cells of every row of the first table below `heading` whose head begins with `first_column`.
pub(crate) fn table(heading: &str, first_column: &str) -> Vec<Vec<String>> {
    let text = text();
    let section = text
        .lines()
        .skip_while(|line| *line != heading)
        .skip_while(|line| !line.starts_with(&format!("| {first_column} |")))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rows: Vec<_> = section.map(cells).collect();
    assert!(
        !rows.is_empty(),
        "no table of {first_column} below {heading}"
    );
    rows
}

/// The cells of one table row, without the bars.
pub(crate) fn cells(row: &str) -> Vec<String> {
    row.trim_matches('|')
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// What stands between backticks in `cell`.
pub(crate) fn code(cell: &str) -> Vec<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_link_has_a_target() {
    let text = text();
    let link = Regex::new(r"\]\(([^)]+)\)").expect("a valid expression");
    let anchor = Regex::new(r#"<a id="([^"]+)">"#).expect("a valid expression");
    let heading = Regex::new(r"(?m)^#+ (.+)$").expect("a valid expression");
    let mut anchors: HashSet<String> = anchor
        .captures_iter(&text)
        .map(|found| found[1].to_owned())
        .collect();
    for found in heading.captures_iter(&text) {
        let kept = found[1]
            .to_lowercase()
            .replace(|c: char| !c.is_alphanumeric() && c != ' ' && c != '-', "");
        anchors.insert(kept.replace(' ', "-"));
    }
    let broken: Vec<_> = link
        .captures_iter(&text)
        .map(|found| found[1].to_owned())
        .filter(|target| match target.strip_prefix('#') {
            Some(fragment) => !anchors.contains(fragment),
            None => !repository("docs").join(target).exists(),
        })
        .collect();
    assert!(broken.is_empty(), "links without a target: {broken:?}");
}

#[test]
fn the_version_of_the_profile_stands_at_the_top() {
    let text = text();
    let version = text
        .lines()
        .nth(2)
        .and_then(|line| line.strip_prefix("Version: "));
    let semver = Regex::new(r"^\d+\.\d+\.\d+$").expect("a valid expression");
    assert!(
        version.is_some_and(|version| semver.is_match(version)),
        "{version:?}"
    );
}
