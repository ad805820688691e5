//! How large a page is, and what it leaves out.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::page::{failed, rules};
use crate::reports::{case, exchange, page, report, unpacked};

/// Bodies as those of a registry: little in them repeats from case to case.
fn document(seed: usize) -> String {
    let digest = hex::encode(Sha256::digest(seed.to_string()));
    let signature = hex::encode(Sha256::digest(format!("{seed} signature")));
    format!(
        r#"{{"release":{{"packageType":"component","name":"conformance-owner.test:some-name-{digest}","version":"1.0.0","contentDigest":{{"sha256":"{digest}"}}}},"uploadUrl":"https://registry.example/base/uploads/{signature}","status":"pending","creator":"owner","contentSources":[],"createdAt":"2026-11-23T06:17:13.424688045Z"}}"#
    )
}

#[test]
fn three_hundred_cases_that_pass_stay_below_a_megabyte() {
    let cases: Vec<Value> = (0..300)
        .map(|number| {
            let mut case = case(
                &format!("area-{}/case-of-a-usual-length-{number}", number % 12),
                "pass",
            );
            case["exchanges"] = (0..8)
                .map(|step| {
                    let text = document(number * 10 + step);
                    exchange("create", 10, &text, &text)
                })
                .collect();
            case
        })
        .collect();
    let page = page(&report(&rules(), &json!(cases)));
    assert!(page.len() < 1_000_000, "{}", page.len());
    let details = unpacked(&page);
    assert_eq!(details.len(), 300);
    for case in details {
        assert_eq!(case["exchanges"].as_array().unwrap().len(), 8);
        assert_eq!(case["exchanges"][0]["status"], 201);
    }
}

#[test]
fn ten_megabytes_in_every_field_do_not_make_a_large_report() {
    let long: String = (0..160_000)
        .map(|number| hex::encode(Sha256::digest(number.to_string())))
        .collect();
    assert!(long.len() > 10_000_000);
    let mut case = failed();
    case["reason"] = json!(long);
    for exchange in case["exchanges"].as_array_mut().unwrap() {
        exchange["curl"] = json!(long);
        exchange["request"]["url"] = json!(long);
        exchange["response"]["reason"] = json!(long);
        exchange["response"]["headers"] = json!([{"name": long, "value": long}]);
        exchange["response"]["body"] = json!({"octets": long.len(), "text": long});
        for mismatch in exchange["mismatches"].as_array_mut().unwrap() {
            mismatch["actual"] = json!(long);
        }
    }
    let page = page(&report(&rules(), &json!([case])));
    assert!(page.len() < 150_000, "{}", page.len());
    assert!(page.contains("characters more"));
}

const LEFT_OUT: &str = "To keep this file small";

/// Octets that do not get smaller by being packed.
fn noise(seed: usize, octets: usize) -> String {
    (0..octets.div_ceil(64))
        .map(|block| hex::encode(Sha256::digest(format!("{seed} {block}"))))
        .collect()
}

/// Every field of every case is as long as it may be, and of what takes most room in a page.
#[test]
fn a_registry_that_is_hostile_everywhere_makes_a_page_of_a_few_megabytes() {
    let markup = "<\"&'>\u{202e}".repeat(1_000);
    let cases: Vec<Value> = (0..100)
        .map(|number| {
            let mut case = case(&format!("area/case-{number}"), "fail");
            case["reason"] = json!(markup);
            case["failed_requirements"] = json!(["DIG-2"]);
            case["exchanges"] = (0..4)
                .map(|step| {
                    let body = |kind: usize| noise(number * 100 + step * 10 + kind, 4_096);
                    let mut exchange = exchange("create", 10, &body(1), &body(2));
                    exchange["response"]["headers"] = (0..20)
                        .map(|field| json!({"name": format!("x-{field}"), "value": noise(field, 200)}))
                        .collect();
                    exchange["mismatches"] = (0..5)
                        .map(|_| json!({"requirement": "DIG-2", "level": "must", "message": markup, "expected": markup, "actual": noise(step, 4_096)}))
                        .collect();
                    exchange
                })
                .collect();
            case
        })
        .collect();
    let page = page(&report(&rules(), &json!(cases)));
    assert!(page.len() < 2_800_000, "{}", page.len());
    let details = unpacked(&page);
    assert_eq!(details.len(), 100);
    // Whoever reads begins with the first, and it is all there.
    assert_eq!(details[0]["brief"], false);
    assert_eq!(details[0]["exchanges"][3]["sent"]["whole"], true);
    assert!(page.contains("<dt>Expected</dt>"));
    // What is not there is told of, with the place where it is.
    let note = page.split(LEFT_OUT).nth(1).unwrap();
    let note = note.split("</p>").next().unwrap();
    let number = |start: &str, end: &str| -> usize {
        let rest = note.split(start).nth(1).unwrap_or_else(|| panic!("{note}"));
        rest.split(end).next().unwrap().parse().unwrap()
    };
    let shortened = number("the exchanges of ", " cases are shortened or left out");
    let cut = number("what did not hold is shortened in ", " cases");
    assert!((20..100).contains(&shortened), "{note}");
    assert!((20..100).contains(&cut), "{note}");
    assert!(page.contains("--report json=report.json"));
}

#[test]
fn sixty_failures_lose_nothing() {
    let cases: Vec<Value> = (0..160)
        .map(|number| {
            let mut case = if number < 60 {
                failed()
            } else {
                case("", "pass")
            };
            case["id"] = json!(format!("area-{}/case-{number}", number % 12));
            let last = case["exchanges"].as_array_mut().unwrap().pop();
            let text = document(number);
            case["exchanges"] = (0..6)
                .map(|step| exchange("create", step, &text, &noise(number, 2_000)))
                .chain(last)
                .collect();
            case
        })
        .collect();
    let page = page(&report(&rules(), &json!(cases)));
    assert!(!page.contains(LEFT_OUT));
    for case in unpacked(&page) {
        assert_eq!(case["brief"], false);
        for exchange in case["exchanges"].as_array().unwrap() {
            for message in ["sent", "came"] {
                assert_eq!(exchange[message]["whole"], true);
            }
        }
    }
    assert_eq!(page.matches("<dt>Expected</dt>").count(), 60);
}
