//! What is left in memory after many requests and of many releases.

use std::thread;

use crate::{
    figures::{held, row},
    process::Program,
    publisher::{Flow, Publisher, component},
    wire::{Connection, get},
};

/// In the place of the number of requests: `MOCK_BENCH_REQUESTS=1000000`.
const REQUESTS: &str = "MOCK_BENCH_REQUESTS";
/// In the place of the number of releases: `MOCK_BENCH_RELEASES=100000`.
const RELEASES: &str = "MOCK_BENCH_RELEASES";
const AFTER_REQUESTS: u64 = 64 << 20;
const OF_A_RELEASE: u64 = 2 << 10;
const CONNECTIONS: usize = 16;

pub(crate) fn run() {
    requests(number(REQUESTS, 100_000));
    let count = number(RELEASES, 20_000);
    releases(count, &[], "", Publisher::carry_out);
    // Each of them keeps what it was found to be until it may show.
    releases(
        count,
        &["--processing", "manual"],
        ", all of them waiting",
        |publisher, flow, connection| {
            let upload = publisher.created(flow, connection);
            connection.ask(&upload).expect(204);
            connection.ask(&flow.publish).expect(202);
        },
    );
}

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// Reads of a release, and of ever other names that nobody has.
fn requests(count: usize) {
    let program = Program::start(&[]);
    let publisher = Publisher::of(component(64));
    let flow = publisher.flow("read");
    publisher.carry_out(&flow, &mut program.connect());
    let address = program.address;
    thread::scope(|scope| {
        for thread in 0..CONNECTIONS {
            let flow = &flow;
            scope.spawn(move || {
                let mut connection = Connection::open(address);
                for number in 0..count / CONNECTIONS / 2 {
                    connection.ask(&flow.get).expect(200);
                    let other = get(&format!("/components/a.test:n{thread}-{number}/v1.0.0"));
                    connection.ask(&other).expect(404);
                }
            });
        }
    });
    let resident = program.resident();
    row(
        &format!("resident after {count} requests"),
        &format!("{:.1} MiB", resident as f64 / f64::from(1 << 20)),
        &format!(
            "{} MiB wanted after 1000000{}",
            AFTER_REQUESTS >> 20,
            held(resident <= AFTER_REQUESTS)
        ),
    );
}

/// Releases of an empty component, with the journal that everybody has.
fn releases<T>(
    count: usize,
    options: &[&str],
    what: &str,
    carry_out: impl Fn(&Publisher, &Flow, &mut Connection) -> T + Sync,
) {
    let program = Program::start(options);
    let publisher = Publisher::of(component(0));
    let address = program.address;
    let publish = |prefix: &str, count: usize| {
        let mut connection = Connection::open(address);
        for number in 0..count {
            let flow = publisher.flow(&format!("{prefix}-{number}"));
            carry_out(&publisher, &flow, &mut connection);
        }
    };
    publish("warm", 200);
    let before = program.resident();
    let each = count / 2;
    thread::scope(|scope| {
        for prefix in ["a", "b"] {
            let publish = &publish;
            scope.spawn(move || publish(prefix, each));
        }
    });
    let of_each = program.resident().saturating_sub(before) / (each * 2) as u64;
    row(
        &format!("memory of each of {} releases{what}", each * 2),
        &format!("{of_each} B"),
        &format!(
            "{OF_A_RELEASE} B wanted of 100000{}",
            held(of_each <= OF_A_RELEASE)
        ),
    );
    program.control("POST", "reset");
}
