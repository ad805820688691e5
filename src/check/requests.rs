//! What a content host received.

use indexmap::IndexMap;
use serde_json::Value;

use super::{json, tally};
use crate::case::expectation::RequestsExpectation;
use crate::origin::Received;
use crate::outcome::{Level, Mismatch};

/// Judges the requests.
pub fn check(
    received: &[Received],
    expected: &RequestsExpectation,
    whose: &str,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if let Some(count) = &expected.count
        && !tally::count_fits(count, received.len())
    {
        found.push(
            Mismatch::new(rule, level, format!("the number of requests {whose}"))
                .beside(tally::text(count), received.len().to_string()),
        );
    }
    if let Some(headers) = &expected.headers {
        for request in received {
            found.extend(
                differences(request, headers)
                    .into_iter()
                    .map(|(name, difference)| {
                        Mismatch::new(
                            rule,
                            level,
                            format!("header field {name} of a request {whose}"),
                        )
                        .beside(difference.expected, difference.actual)
                    }),
            );
        }
    }
    if let Some(headers) = &expected.some_headers
        && !received
            .iter()
            .any(|request| differences(request, headers).is_empty())
    {
        let wanted = json::short(&serde_json::json!(headers));
        found.push(
            Mismatch::new(
                rule,
                level,
                format!("no request {whose} has the header fields"),
            )
            .beside(wanted, format!("{} requests without", received.len())),
        );
    }
    for text in expected.conceals.iter().flatten() {
        let shows = received.iter().any(|request| {
            request.target.contains(text.as_str())
                || request
                    .headers
                    .iter()
                    .any(|(_, value)| value.contains(text.as_str()))
        });
        if shows && !text.is_empty() {
            found.push(Mismatch::new(
                rule,
                level,
                format!("a request {whose} shows what it must not"),
            ));
        }
    }
    found.extend(times(received, expected, whose, rule, level));
    found
}

fn times(
    received: &[Received],
    expected: &RequestsExpectation,
    whose: &str,
    rule: Option<&str>,
    level: Level,
) -> Vec<Mismatch> {
    let mut found = Vec::new();
    if let Some(least) = expected.apart {
        let gaps = received
            .windows(2)
            .map(|pair| pair[1].at.saturating_sub(pair[0].at).as_secs_f64());
        if let Some(shortest) = gaps.reduce(f64::min).filter(|gap| *gap < least) {
            found.push(
                Mismatch::new(rule, level, format!("the time between requests {whose}"))
                    .beside(format!("{least} s at least"), format!("{shortest:.2} s")),
            );
        }
    }
    let (Some(first), Some(last)) = (received.first(), received.last()) else {
        return found;
    };
    let span = last.at.saturating_sub(first.at).as_secs_f64();
    let bounds = [
        (expected.within.filter(|most| span > *most), "at most"),
        (expected.lasting.filter(|least| span < *least), "at least"),
    ];
    for (seconds, bound) in bounds {
        if let Some(seconds) = seconds {
            found.push(
                Mismatch::new(rule, level, format!("the time of all requests {whose}"))
                    .beside(format!("{seconds} s {bound}"), format!("{span:.2} s")),
            );
        }
    }
    found
}

fn differences(
    request: &Received,
    headers: &IndexMap<String, Value>,
) -> Vec<(String, json::Difference)> {
    headers
        .iter()
        .flat_map(|(name, matcher)| {
            let actual = request
                .header(name)
                .map(|value| Value::String(value.to_owned()));
            json::differences(matcher, actual.as_ref())
                .into_iter()
                .map(move |difference| (name.clone(), difference))
        })
        .collect()
}
