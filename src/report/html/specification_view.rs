//! The specification's own words, carried in the page: a link to a rule leads somewhere without a network too.

use std::collections::HashSet;

use crate::specification::{self, Span};

/// Where the project is published, if it is known.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// A section of rules.
pub(crate) struct SpecifiedArea {
    pub anchor: &'static str,
    pub title: &'static str,
    pub paragraphs: Vec<Vec<Words>>,
    pub rules: Vec<SpecifiedRule>,
}

/// A rule in full.
pub(crate) struct SpecifiedRule {
    pub anchor: &'static str,
    pub id: &'static str,
    pub level: &'static str,
    pub applies_when: Vec<Words>,
    pub text: Vec<Words>,
    /// Whether the page's table of rules has it at `#rule=ID`.
    pub is_judged: bool,
}

/// A piece of a sentence.
pub(crate) struct Words {
    pub text: &'static str,
    pub is_code: bool,
    /// What it refers to, where that is to be had.
    pub link: Option<String>,
}

/// The areas that have one of these rules, whole.
pub(crate) fn specified<'a>(rules: impl Iterator<Item = &'a str>) -> Vec<SpecifiedArea> {
    let judged: HashSet<&str> = rules.collect();
    let areas: Vec<&'static specification::Area> = specification::areas()
        .iter()
        .filter(|area| {
            area.rules
                .iter()
                .any(|rule| judged.contains(rule.id.as_str()))
        })
        .collect();
    let carried: HashSet<&str> = areas
        .iter()
        .flat_map(|area| {
            let rules = area.rules.iter().map(|rule| rule.anchor.as_str());
            rules.chain([area.anchor.as_str()])
        })
        .collect();
    let words = |spans: &'static [Span]| -> Vec<Words> {
        spans.iter().map(|span| words(span, &carried)).collect()
    };
    areas
        .iter()
        .map(|area| SpecifiedArea {
            anchor: &area.anchor,
            title: &area.title,
            paragraphs: area.paragraphs.iter().map(|spans| words(spans)).collect(),
            rules: area
                .rules
                .iter()
                .map(|rule| SpecifiedRule {
                    anchor: &rule.anchor,
                    id: &rule.id,
                    level: &rule.level,
                    applies_when: words(&rule.applies_when),
                    text: words(&rule.text),
                    is_judged: judged.contains(rule.id.as_str()),
                })
                .collect(),
        })
        .collect()
}

fn words(span: &'static Span, carried: &HashSet<&str>) -> Words {
    let (text, is_code, link) = match span {
        Span::Text(text) => (text, false, None),
        Span::Code(text) => (text, true, None),
        Span::Reference { text, anchor } if carried.contains(anchor.as_str()) => {
            (text, false, Some(format!("#{anchor}")))
        }
        Span::Reference { text, anchor } => (text, false, on_the_web(anchor)),
    };
    Words {
        text,
        is_code,
        link,
    }
}

/// A place of the document in the project's repository, where the address of that is known.
pub(super) fn on_the_web(anchor: &str) -> Option<String> {
    (!REPOSITORY.is_empty()).then(|| {
        format!(
            "{REPOSITORY}/blob/v{}/docs/publish-api.md#{anchor}",
            env!("CARGO_PKG_VERSION")
        )
    })
}
