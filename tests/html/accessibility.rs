//! What people need who see little, or work without a mouse.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use crate::browser;
use crate::page::{failed, rules};
use crate::reports::{case, page, report};

/// Contrast that text needs at least (WCAG 2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// Colours by name: those of the light scheme, and the dark ones over them.
fn schemes(style: &str) -> [HashMap<String, [f64; 3]>; 2] {
    let colours = |block: &str| -> Vec<(String, [f64; 3])> {
        block
            .split("--")
            .filter_map(|declaration| {
                let (name, value) = declaration.split_once(": #")?;
                let digits: String = value.chars().take_while(char::is_ascii_hexdigit).collect();
                let digits = match digits.len() {
                    3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
                    _ => digits,
                };
                let part = |at: usize| {
                    f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0
                };
                Some((name.to_owned(), [part(0), part(2), part(4)]))
            })
            .collect()
    };
    let mut blocks = style
        .split(":root {")
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap());
    let light: HashMap<_, _> = colours(blocks.next().unwrap()).into_iter().collect();
    let mut dark = light.clone();
    dark.extend(colours(blocks.next().unwrap()));
    [light, dark]
}

fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// So much of the one over the other, as `color-mix` does.
fn mixed(part: f64, over: [f64; 3], under: [f64; 3]) -> [f64; 3] {
    std::array::from_fn(|index| part * over[index] + (1.0 - part) * under[index])
}

#[test]
fn text_has_contrast_in_both_schemes() {
    for (style, texts) in [
        (
            include_str!("../../src/report/html/report.css"),
            &[
                "ink",
                "muted",
                "link",
                "pass",
                "fail",
                "warn",
                "skip",
                "error",
                "known-failure",
                "unexpected-pass",
                "key",
                "string",
                "number",
                "literal",
            ][..],
        ),
        (
            include_str!("../../src/compare/compare.css"),
            &[
                "ink",
                "muted",
                "link",
                "pass",
                "fail",
                "warn",
                "skip",
                "error",
                "known-failure",
                "unexpected-pass",
            ],
        ),
    ] {
        for (scheme, colours) in ["light", "dark"].into_iter().zip(schemes(style)) {
            for text in texts {
                for back in ["ground", "sheet", "well"] {
                    let Some(back_colour) = colours.get(back) else {
                        continue;
                    };
                    let found = contrast(colours[*text], *back_colour);
                    assert!(found >= CONTRAST, "{scheme}: {text} on {back}: {found:.2}");
                }
            }
            // Tinted grounds: what differs, verdicts in a matrix, a target.
            for (text, tint, part, back) in [
                ("pass", "pass", 0.13, "well"),
                ("fail", "fail", 0.13, "well"),
                ("fail", "fail", 0.09, "sheet"),
                ("warn", "warn", 0.09, "sheet"),
                ("error", "error", 0.09, "sheet"),
                ("known-failure", "known-failure", 0.09, "sheet"),
                ("muted", "link", 0.09, "sheet"),
            ] {
                let Some(back_colour) = colours.get(back) else {
                    continue;
                };
                let ground = mixed(part, colours[tint], *back_colour);
                let found = contrast(colours[text], ground);
                assert!(
                    found >= CONTRAST,
                    "{scheme}: {text} on a tint of {tint}: {found:.2}"
                );
            }
        }
    }
}

/// What stands between these, each time.
fn between<'a>(page: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    page.split(start)
        .skip(1)
        .filter_map(move |rest| rest.split(end).next())
}

/// Headings skip no level, ids are unique, what is filled in has a label, cells of a head say what they head.
fn assert_sound(page: &str) {
    let markup: String = page
        .split("<script")
        .map(|part| part.split_once("</script>").map_or(part, |(_, rest)| rest))
        .collect();
    let mut last = 0;
    for rest in markup.split("<h").skip(1) {
        let mut start = rest.chars();
        let (Some(level), Some(' ' | '>')) = (
            start.next().and_then(|digit| digit.to_digit(10)),
            start.next(),
        ) else {
            continue;
        };
        assert!(
            level <= last + 1,
            "h{level} below h{last}: {}",
            &rest[..rest.len().min(80)]
        );
        last = level;
    }
    assert_eq!(markup.matches("<h1").count(), 1);
    let mut ids = HashSet::new();
    for id in between(&markup, " id=\"", "\"") {
        assert!(ids.insert(id), "{id} twice");
    }
    for id in between(&markup, "<select id=\"", "\"").chain(between(&markup, "<input id=\"", "\""))
    {
        assert!(markup.contains(&format!("<label for=\"{id}\">")), "{id}");
    }
    for labelled in between(&markup, "aria-labelledby=\"", "\"") {
        assert!(ids.contains(labelled), "{labelled}");
    }
    for head in between(&markup, "<th", ">") {
        assert!(head.contains("scope=") || head.starts_with("ead"), "{head}");
    }
    for table in between(&markup, "<table", "</table>") {
        assert!(
            table.contains("<caption"),
            "{}",
            &table[..table.len().min(80)]
        );
    }
    for landmark in [
        "<main",
        "<nav aria-label=",
        "<html lang=\"en\"",
        "class=\"skip-link\"",
    ] {
        assert!(markup.contains(landmark), "{landmark}");
    }
}

#[test]
fn a_page_is_sound_before_and_after_its_script() {
    let cases = json!([case("create/naked", "pass"), failed()]);
    let page = page(&report(&rules(), &cases));
    assert_sound(&page);
    assert!(page.contains("role=\"status\""));
    let Some(browser) = browser::find() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).unwrap();
    // With a case opened, whose exchanges the script has filled in.
    let id = "case=digest%2Frefuses-mismatched-upload%5Bone-byte%5D";
    let document = browser::document(&browser, &file, id);
    assert!(document.contains("<h5>Answer</h5>"));
    assert_sound(&document);
    // A rule's address opens the area that it stands in.
    let document = browser::document(&browser, &file, "dig-2");
    assert!(document.contains("<details class=\"others specified\" id=\"dig\" open=\"\">"));
}

#[test]
fn a_comparison_is_sound() {
    use registry_conformance::compare::{self, Comparison, Named};
    let named = |name: &str, verdict: &str| Named {
        name: name.to_owned(),
        report: report(&rules(), &json!([case("create/naked", verdict)])),
    };
    let comparison = Comparison::of(&[named("old", "pass"), named("new", "fail")]);
    assert_sound(&compare::render_html(&comparison).unwrap());
}
