//! The comparison as one HTML file that loads nothing and runs nothing.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::change::Change;
use super::comparison::{Comparison, Row};
use super::load::CompareError;

/// Cases that are listed of a change.
const CASES: usize = 2000;

const CSS: &str = include_str!("compare.css");

#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    comparison: &'a Comparison,
    changes: Vec<Section<'a>>,
    css: &'static str,
    /// The one style sheet that the page's policy lets be.
    css_hash: String,
}

struct Section<'a> {
    title: &'static str,
    rules: Vec<&'a Row>,
    cases: Vec<&'a Row>,
    more: usize,
}

/// Renders a comparison.
pub fn render(comparison: &Comparison) -> Result<String, CompareError> {
    let changes = Change::TOLD
        .into_iter()
        .map(|change| {
            let cases: Vec<&Row> = Comparison::changed(&comparison.cases, change).collect();
            Section {
                title: change.title(),
                rules: Comparison::changed(&comparison.rules, change).collect(),
                more: cases.len().saturating_sub(CASES),
                cases: cases.into_iter().take(CASES).collect(),
            }
        })
        .filter(|section| !section.rules.is_empty() || !section.cases.is_empty())
        .collect();
    let page = Page {
        comparison,
        changes,
        css: CSS,
        css_hash: STANDARD.encode(Sha256::digest(CSS.as_bytes())),
    };
    Ok(page.render()?)
}
