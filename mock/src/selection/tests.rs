//! Which requests meet what, as tables.

use std::num::NonZeroU32;

use http::Method;

use crate::{operation::Operation, registry::ReleaseKey};

use super::{Phase, Queue, Selector, Subject, When};

fn request(operation: Operation, release: Option<(&str, &str)>) -> Subject {
    Subject {
        method: Method::POST,
        operation: Some(operation),
        path: Some("some/path".to_owned()),
        release: release.map(|(name, version)| ReleaseKey {
            name: name.to_owned(),
            version: version.to_owned(),
        }),
        body_digest: [0; 32],
    }
}

fn when(nth: u32, times: u32) -> When {
    When {
        nth: NonZeroU32::new(nth),
        times: NonZeroU32::new(times),
        probability: None,
    }
}

fn on(operations: &[Operation], when: When) -> Selector {
    Selector {
        operations: operations.to_vec(),
        when,
        ..Selector::default()
    }
}

/// What each of some requests in a row meets: the number of the entry, or `-`.
fn met(selectors: Vec<Selector>, requests: &[Subject]) -> String {
    let mut queue = Queue::new(1, "");
    let entries = selectors
        .into_iter()
        .map(|selector| (selector, Phase::Before, ()));
    queue.add(entries.collect(), None).unwrap();
    requests
        .iter()
        .map(|request| {
            let chosen = queue.select(request);
            chosen.map_or_else(|| "-".to_owned(), |chosen| chosen.id)
        })
        .collect()
}

#[test]
fn the_first_that_is_due_is_met() {
    use Operation::{Create, Get, Publish};
    let any = || on(&[], When::default());
    for (name, selectors, operations, expected) in [
        ("nothing", vec![], vec![Publish], "-"),
        ("always", vec![any()], vec![Publish, Get, Create], "111"),
        (
            "one operation",
            vec![on(&[Publish], When::default())],
            vec![Create, Publish, Get, Publish],
            "-1-1",
        ),
        (
            "several operations",
            vec![on(&[Create, Get], When::default())],
            vec![Create, Publish, Get],
            "1-1",
        ),
        (
            "so many",
            vec![on(&[Publish], when(0, 2))],
            vec![Publish, Get, Publish, Publish],
            "1-1-",
        ),
        (
            "the second of its operation",
            vec![on(&[Publish], when(2, 0))],
            vec![Publish, Get, Publish, Publish],
            "--1-",
        ),
        (
            "from the second on, three",
            vec![on(&[], when(2, 3))],
            vec![Get, Get, Get, Get, Get],
            "-111-",
        ),
        (
            "one after the other",
            vec![on(&[Get], when(0, 1)), on(&[Get], when(0, 2)), any()],
            vec![Get, Get, Get, Get],
            "1223",
        ),
        (
            "a queue an operation",
            vec![on(&[Get], when(0, 1)), on(&[Publish], when(0, 1)), any()],
            vec![Publish, Publish, Get, Get],
            "2313",
        ),
        (
            "counted also while another is met",
            vec![on(&[Get], when(0, 1)), on(&[Get], when(2, 0))],
            vec![Get, Get, Get],
            "12-",
        ),
        (
            "put off when another is met in its turn",
            vec![on(&[Get], when(0, 2)), on(&[Get], when(2, 0))],
            vec![Get, Get, Get, Get],
            "112-",
        ),
    ] {
        let requests: Vec<Subject> = operations
            .into_iter()
            .map(|operation| request(operation, None))
            .collect();
        assert_eq!(met(selectors, &requests), expected, "{name}");
    }
}

#[test]
fn releases_and_paths_are_compared() {
    let text = |text: &str| Some(text.to_owned());
    let about = Some(("a.b:c", "1.0.0"));
    for (selector, release, expected) in [
        (
            Selector {
                name: text("a.b:c"),
                ..Selector::default()
            },
            about,
            "1",
        ),
        (
            Selector {
                name: text("a.b:d"),
                ..Selector::default()
            },
            about,
            "-",
        ),
        (
            Selector {
                version: text("1.0.0"),
                ..Selector::default()
            },
            about,
            "1",
        ),
        (
            Selector {
                name: text("a.b:c"),
                version: text("1.0.1"),
                ..Selector::default()
            },
            about,
            "-",
        ),
        (
            Selector {
                name: text("a.b:c"),
                ..Selector::default()
            },
            None,
            "-",
        ),
        (
            Selector {
                path: text("some/path"),
                ..Selector::default()
            },
            None,
            "1",
        ),
        (
            Selector {
                path: text("some"),
                ..Selector::default()
            },
            about,
            "-",
        ),
    ] {
        let shown = format!("{selector:?}");
        let requests = [request(Operation::Get, release)];
        assert_eq!(met(vec![selector], &requests), expected, "{shown}");
    }
}

#[test]
fn what_is_no_operation_meets_only_what_is_for_all() {
    let mut unmatched = request(Operation::Get, None);
    unmatched.operation = None;
    let requests = [unmatched];
    assert_eq!(met(vec![on(&[], When::default())], &requests), "1");
    assert_eq!(
        met(vec![on(Operation::ALL, When::default())], &requests),
        "-"
    );
}

#[test]
fn chance_repeats_whatever_the_order_and_after_a_clear() {
    let selector = || {
        on(
            &[],
            When {
                probability: Some(0.4),
                ..When::default()
            },
        )
    };
    let requests: Vec<Subject> = (0..100)
        .map(|number| request(Operation::Get, Some(("a:b", &number.to_string()))))
        .collect();
    let mut queue = Queue::new(7, "");
    let mut hits = |order: &mut dyn Iterator<Item = &Subject>| {
        queue.clear();
        queue
            .add(vec![(selector(), Phase::Before, ())], None)
            .unwrap();
        let mut hits: Vec<String> = order
            .filter_map(|request| {
                queue.select(request)?;
                request.release.as_ref().map(ToString::to_string)
            })
            .collect();
        hits.sort();
        hits
    };
    // Each request twice: the second time may come out differently.
    let forwards = hits(&mut requests.iter().chain(&requests));
    assert_eq!(forwards, hits(&mut requests.iter().chain(&requests)));
    assert_eq!(
        forwards,
        hits(&mut requests.iter().rev().flat_map(|request| [request, request]))
    );
    assert!((50..110).contains(&forwards.len()), "{}", forwards.len());
    let mut once = forwards.clone();
    once.dedup();
    assert_ne!(once.len() * 2, forwards.len());
}

#[test]
fn consumed_entries_make_room_and_waiting_ones_do_not() {
    let mut queue = Queue::new(1, "f");
    let some = |count: usize| vec![(on(&[], when(0, 1)), Phase::Before, ()); count];
    assert_eq!(queue.add(some(1000), None).map(|ids| ids.len()), Ok(1000));
    assert!(queue.add(some(1), None).is_err());
    for _ in 0..10 {
        queue.select(&request(Operation::Get, None)).unwrap();
    }
    assert_eq!(queue.add(some(1), None), Ok(vec!["f1001".to_owned()]));
    assert_eq!(queue.entries()[0].id, "f2");
    assert_eq!(queue.entries().len(), 1000);
    queue.clear();
    assert_eq!(queue.add(some(1), None), Ok(vec!["f1002".to_owned()]));
}
