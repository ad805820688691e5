//! How long the whole suite takes against the bundled mock: `cargo bench --bench suite`.
//!
//! Two bounds. A run takes at most 2 s for every 200 case files with their matrices; where its slowest case alone takes longer than that,
//! it takes at most half as long again as that case. The cases about expiry wait for the registry's clock, so the run without them is
//! what the first bound is about. Times are the shortest of several runs; the slowest case is read from the JSON report of the same run.
//! Ends with 1 where a bound does not hold.

#![expect(clippy::cast_precision_loss, reason = "figures are for people")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const HARNESS: &str = env!("CARGO_BIN_EXE_registry-conformance");
const ROUNDS: usize = 3;
/// Case files, and how long they may take.
const FILES: usize = 200;
const OF_FILES: Duration = Duration::from_secs(2);
/// How many times as long as its slowest case a run may take.
const OF_SLOWEST: f64 = 1.5;
/// The rule whose cases wait until a release expires.
const EXPIRY: &str = "PUB-9";

fn main() -> ExitCode {
    let scratch = tempfile::tempdir().expect("a folder");
    let whole = shortest(scratch.path(), &[]);
    let without = shortest(scratch.path(), &whole.waiting);
    println!("the suite against the bundled mock, shortest of {ROUNDS} runs, the report in JSON");
    let all = [
        row("whole", &whole),
        row(&format!("without the cases of {EXPIRY}"), &without),
    ];
    if all.into_iter().all(|good| good) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Run {
    took: Duration,
    /// Cases that were judged, and the files that they come from.
    cases: usize,
    files: usize,
    slowest: Duration,
    slowest_id: String,
    /// Cases that wait for the registry's clock.
    waiting: Vec<String>,
}

fn shortest(scratch: &Path, skipped: &[String]) -> Run {
    (0..ROUNDS)
        .map(|_| run(scratch, skipped))
        .min_by_key(|run| run.took)
        .expect("rounds")
}

fn run(scratch: &Path, skipped: &[String]) -> Run {
    let path = scratch.join("report.json");
    let mut command = Command::new(HARNESS);
    command
        .arg("--report")
        .arg(format!("json={}", path.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for id in skipped {
        command.arg("--skip").arg(id);
    }
    let started = Instant::now();
    let status = command.status().expect("the harness starts");
    let took = started.elapsed();
    assert!(status.success(), "{command:?} ended with {status}");
    let text = std::fs::read(&path).expect("the report");
    let report: Value = serde_json::from_slice(&text).expect("JSON");
    let judged: Vec<&Value> = report["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter(|case| case["verdict"] != "skip")
        .collect();
    let files: BTreeSet<&str> = judged
        .iter()
        .map(|case| case["file"].as_str().expect("a file"))
        .collect();
    let lasted = |case: &Value| case["duration_ms"].as_f64().expect("a duration");
    let slowest = judged
        .iter()
        .max_by(|one, other| lasted(one).total_cmp(&lasted(other)))
        .expect("a case");
    Run {
        took,
        cases: judged.len(),
        files: files.len(),
        slowest: Duration::from_secs_f64(lasted(slowest) / 1000.0),
        slowest_id: text_of(slowest),
        waiting: judged
            .iter()
            .filter(|case| {
                let rules = case["requirements"].as_array().expect("rules");
                rules.iter().any(|rule| rule == EXPIRY)
            })
            .map(|case| text_of(case))
            .collect(),
    }
}

fn text_of(case: &Value) -> String {
    case["id"].as_str().expect("an id").to_owned()
}

/// Tells of a run, and whether its bound holds.
fn row(what: &str, run: &Run) -> bool {
    let seconds = |time: Duration| time.as_secs_f64();
    let share = run.files as f64 / FILES as f64;
    let allowed = OF_FILES.mul_f64(share);
    let scaled = run.took.div_f64(share);
    let ratio = seconds(run.took) / seconds(run.slowest);
    println!(
        "{what:28} {:6.2} s for {} cases of {} files: {:.2} s for {FILES} files, {ratio:.2} times its slowest case ({}, {:.2} s)",
        seconds(run.took),
        run.cases,
        run.files,
        seconds(scaled),
        run.slowest_id,
        seconds(run.slowest),
    );
    let is_dominated = run.slowest > allowed;
    let good = if is_dominated {
        ratio <= OF_SLOWEST
    } else {
        run.took <= allowed
    };
    println!(
        "{:28} at most {}: {}",
        "",
        if is_dominated {
            format!("{OF_SLOWEST} times the slowest case, which dominates")
        } else {
            format!("{:.1} s for {FILES} files", seconds(OF_FILES))
        },
        if good { "holds" } else { "BROKEN" }
    );
    good
}
