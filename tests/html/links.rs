//! Links of the pages lead somewhere without a network.

use std::collections::HashSet;

use registry_conformance::compare::{self, Comparison, Named};
use serde_json::json;

use crate::page::{failed, rules};
use crate::reports::{case, page, report};

/// Links within a page that lead nowhere.
fn dangling(page: &str) -> Vec<&str> {
    let quoted = |start| {
        page.split(start)
            .skip(1)
            .filter_map(|rest: &str| rest.split('"').next())
    };
    let ids: HashSet<&str> = quoted(" id=\"").collect();
    quoted("href=\"#")
        // Those of filters and of cases are followed by the script.
        .filter(|link| !link.contains('=') || link.starts_with("rule="))
        .filter(|link| !ids.contains(link))
        .collect()
}

#[test]
fn a_rule_is_linked_to_its_words_in_the_specification() {
    let cases = json!([case("create/naked", "pass"), failed()]);
    let page = page(&report(&rules(), &cases));
    assert_eq!(dangling(&page), [""; 0]);
    for expected in [
        "<tr id=\"rule=DIG-2\" class=\"fail\">\n<th scope=\"row\"><a href=\"#dig-2\">DIG-2</a></th>",
        "<div id=\"dig-2\"><dt>DIG-2 <span class=\"level\">must</span></dt><dd>Content that does not match its digest never becomes a release, and the publisher gets to know <code>digest-mismatch</code>",
        "Applies when <code>verification</code> = <code>all</code> or <code>uploads</code>.",
        "<details class=\"others specified\" id=\"cre\">",
        // A part of the document that is not carried is named.
        "<p class=\"introduction\">Terms as in Content digest. What depends on",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    // What no case judged is not there.
    assert!(!page.contains("id=\"cli\""));
}

#[test]
fn the_comparison_has_the_words_too() {
    let named = |name: &str, verdict: &str| Named {
        name: name.to_owned(),
        report: report(&rules(), &json!([case("create/naked", verdict)])),
    };
    let comparison = Comparison::of(&[named("old", "pass"), named("new", "fail")]);
    let page = compare::render_html(&comparison).unwrap();
    assert_eq!(dangling(&page), [""; 0]);
    assert!(page.contains("<a href=\"#dig-2\">DIG-2</a>"));
    assert!(page.contains("<div id=\"dig-2\">"));
}
