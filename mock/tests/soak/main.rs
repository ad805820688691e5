//! A long time of mixed load with random faults, by clients that behave badly: the program lives, keeps nothing, and answers.
//!
//! A quick slice runs with the other tests. The real thing: `cargo test --release -p mock-registry --test soak -- --ignored --nocapture`, ten
//! minutes or as many seconds as `MOCK_SOAK_SECONDS` says.

#![expect(clippy::cast_precision_loss, reason = "figures are for people")]

mod client;
mod load;
mod program;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use load::{Load, Tally};
use program::Program;

const WORKERS: u64 = 6;
/// What may be resident more at the end than half way through: pools of memory settle.
const GROWTH: u64 = 16 << 20;
/// How often the memory is looked at.
const SAMPLES: u32 = 20;

/// Works until it is told that enough is done.
fn soak(is_enough: impl Fn(&Tally, Duration) -> bool + Sync, report: bool) {
    let program = Program::start();
    let (stop, tally) = (AtomicBool::new(false), Tally::default());
    let began = Instant::now();
    let mut samples: Vec<(u64, u64)> = Vec::new();
    thread::scope(|scope| {
        for worker in 0..WORKERS {
            let (program, stop, tally) = (&program, &stop, &tally);
            scope.spawn(move || {
                let mut load = Load::new(program.address, worker, tally);
                while !stop.load(Ordering::Relaxed) {
                    load.go_round();
                }
            });
        }
        let mut last = 0;
        while !is_enough(&tally, began.elapsed()) {
            assert!(program.is_alive(), "the program has ended");
            let done = tally.requests.load(Ordering::Relaxed);
            // By what was done and not by time: a slow machine measures the same.
            if samples.is_empty() || done > last + last.max(200) / u64::from(SAMPLES) {
                last = done;
                samples.push((done, program.resident()));
                if report {
                    println!(
                        "{:6.0} s {done:9} requests {:6.1} MiB",
                        began.elapsed().as_secs_f64(),
                        program.resident() as f64 / f64::from(1 << 20)
                    );
                }
            }
            thread::park_timeout(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
    });

    // Before control is asked for everything at once, which takes memory of its own.
    let now = program.resident();
    let stuck = tally.stuck.load(Ordering::Relaxed);
    assert_eq!(stuck, 0, "requests that were never answered: {stuck}");
    let broken = tally.broken.load(Ordering::Relaxed);
    assert_eq!(broken, 0, "answers that no fault explains: {broken}");
    let state = program.ask("GET", "sessions", "");
    assert_eq!(state["sessions"], serde_json::json!([]), "all were deleted");
    let holds = program.ask("GET", "holds", "");
    assert_eq!(holds, serde_json::json!({"holds": []}));
    let releases = program.ask("GET", "state", "");
    let processing = |release: &&serde_json::Value| release["status"] == "processing";
    let releases = releases["releases"].as_array().expect("releases");
    assert_eq!(releases.iter().filter(processing).count(), 0);
    program.ask("POST", "reset", "");
    let most = program.most_resident();
    let half = tally.requests.load(Ordering::Relaxed) / 2;
    let settled = samples.iter().find(|(done, _)| *done >= half);
    let settled = settled.or(samples.last()).map_or(now, |(_, bytes)| *bytes);
    println!(
        "{:.0} s, {} requests, {} of them disturbed, {} sessions; resident {:.1} MiB half way, {:.1} at the end, {:.1} at most",
        began.elapsed().as_secs_f64(),
        tally.requests.load(Ordering::Relaxed),
        tally.disturbed.load(Ordering::Relaxed),
        tally.sessions.load(Ordering::Relaxed),
        settled as f64 / f64::from(1 << 20),
        now as f64 / f64::from(1 << 20),
        most as f64 / f64::from(1 << 20),
    );
    let errors = program.stop();
    assert_eq!(errors, "", "it says nothing, and so no panic");
    assert!(now < settled + GROWTH, "it leaks: {samples:?}");
}

#[test]
fn a_slice_of_the_long_run() {
    soak(
        |tally, _| {
            tally.requests.load(Ordering::Relaxed) > 3000
                && tally.sessions.load(Ordering::Relaxed) > 10
        },
        false,
    );
}

#[test]
#[ignore = "takes ten minutes"]
fn ten_minutes() {
    let seconds = std::env::var("MOCK_SOAK_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(600);
    soak(|_, elapsed| elapsed >= Duration::from_secs(seconds), true);
}

/// Adds one.
fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
