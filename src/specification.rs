//! The rules in the specification's own words: what `docs/publish-api.md` says under each id.

use std::sync::LazyLock;

/// The document, as it was when this was compiled.
const DOCUMENT: &str = include_str!("../docs/publish-api.md");

static AREAS: LazyLock<Vec<Area>> = LazyLock::new(|| read(DOCUMENT));

/// A section of rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Area {
    /// Where it stands in the document: `dig`.
    pub anchor: String,
    /// Its heading: `DIG: the digest commits to the content`.
    pub title: String,
    /// What is said of all its rules.
    pub paragraphs: Vec<Vec<Span>>,
    /// The rules, in their order.
    pub rules: Vec<Rule>,
}

/// A row of the table of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Where it stands in the document: `dig-2`.
    pub anchor: String,
    /// Its id: `DIG-2`.
    pub id: String,
    /// Its level: `must`, `should` or `optional`.
    pub level: String,
    /// The capabilities without which it does not apply; empty where it always does.
    pub applies_when: Vec<Span>,
    /// What it says.
    pub text: Vec<Span>,
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Plain text.
    Text(String),
    /// What stands in backticks.
    Code(String),
    /// A reference to another place of the document.
    Reference {
        /// What is read.
        text: String,
        /// The place.
        anchor: String,
    },
}

/// The areas, in the order of the document.
pub fn areas() -> &'static [Area] {
    &AREAS
}

fn read(document: &str) -> Vec<Area> {
    let mut areas: Vec<Area> = Vec::new();
    let mut area = Area::default();
    let mut anchor = None;
    let mut paragraph = String::new();
    for line in document.lines() {
        if let Some(row) = line.strip_prefix("| <a id=\"") {
            area.rules.extend(rule(row));
        } else if let Some(id) = line.strip_prefix("<a id=\"") {
            anchor = id.split('"').next();
        } else if line.starts_with('#') {
            areas.extend((!area.rules.is_empty()).then_some(area));
            area = Area {
                anchor: anchor.take().unwrap_or_default().to_owned(),
                title: line.trim_start_matches('#').trim().to_owned(),
                ..Area::default()
            };
        } else if line.is_empty() {
            if !paragraph.is_empty() {
                area.paragraphs.push(spans(&paragraph));
                paragraph.clear();
            }
        } else if !line.starts_with('|') {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line);
        }
    }
    areas.extend((!area.rules.is_empty()).then_some(area));
    areas
}

/// A row behind `| <a id="`: `dig-2"></a>DIG-2 | must | ... | ... |`.
fn rule(row: &str) -> Option<Rule> {
    let (anchor, row) = row.split_once("\"></a>")?;
    let mut cells = row.trim_end_matches('|').splitn(4, '|').map(str::trim);
    Some(Rule {
        anchor: anchor.to_owned(),
        id: cells.next()?.to_owned(),
        level: cells.next()?.to_owned(),
        applies_when: spans(cells.next()?),
        text: spans(cells.next()?),
    })
}

fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            spans.push(Span::Code(part.to_owned()));
        } else {
            references(part, &mut spans);
        }
    }
    spans
}

/// Text without code, in which `[words](#anchor)` refers to a place.
fn references(text: &str, spans: &mut Vec<Span>) {
    let mut rest = text;
    while let Some((before, words, anchor, after)) = next_reference(rest) {
        if !before.is_empty() {
            spans.push(Span::Text(before.to_owned()));
        }
        spans.push(Span::Reference {
            text: words.to_owned(),
            anchor: anchor.to_owned(),
        });
        rest = after;
    }
    if !rest.is_empty() {
        spans.push(Span::Text(rest.to_owned()));
    }
}

fn next_reference(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (start, behind) = text.split_once("](#")?;
    let (before, words) = start.rsplit_once('[')?;
    let (anchor, after) = behind.split_once(')')?;
    Some((before, words, anchor, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_read_with_its_rules() {
        let document = "## Before\n\nNo rules.\n\n<a id=\"dig\"></a>\n\n### DIG: digests\n\nTerms as in\n[Content digest](#content-digest), `all`.\n\n| rule | level | applies when | what it says |\n|---|---|---|---|\n| <a id=\"dig-1\"></a>DIG-1 | must |  | It matches. |\n| <a id=\"dig-2\"></a>DIG-2 | optional | `a.b` = `true` | See [DIG-1](#dig-1), `x`. |\n\n## After\n";
        let text = |text: &str| Span::Text(text.to_owned());
        let code = |text: &str| Span::Code(text.to_owned());
        let reference = |text: &str, anchor: &str| Span::Reference {
            text: text.to_owned(),
            anchor: anchor.to_owned(),
        };
        let [area] = read(document).try_into().unwrap();
        assert_eq!(
            area,
            Area {
                anchor: "dig".to_owned(),
                title: "DIG: digests".to_owned(),
                paragraphs: vec![vec![
                    text("Terms as in "),
                    reference("Content digest", "content-digest"),
                    text(", "),
                    code("all"),
                    text("."),
                ]],
                rules: vec![
                    Rule {
                        anchor: "dig-1".to_owned(),
                        id: "DIG-1".to_owned(),
                        level: "must".to_owned(),
                        applies_when: vec![],
                        text: vec![text("It matches.")],
                    },
                    Rule {
                        anchor: "dig-2".to_owned(),
                        id: "DIG-2".to_owned(),
                        level: "optional".to_owned(),
                        applies_when: vec![code("a.b"), text(" = "), code("true")],
                        text: vec![
                            text("See "),
                            reference("DIG-1", "dig-1"),
                            text(", "),
                            code("x"),
                            text("."),
                        ],
                    },
                ],
            }
        );
    }
}
