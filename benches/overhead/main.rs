//! What the harness costs beside the exchanges themselves: `cargo bench --bench overhead`.
//!
//! 500 cases of 5 exchanges each (create, upload, publish, two reads) against a server that answers at once, with transcripts, schema
//! checks and a JSON report; beside that, in turns, a bare loop of reqwest that sends the very same requests, 16 flows at a time, and
//! reads the answers. Both are whole processes, from start to end. What counts is the ratio of the two; the bound is 2.0. How long the loop
//! took of its process is told beside it.

mod replay;
mod server;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const HARNESS: &str = env!("CARGO_BIN_EXE_registry-conformance");
/// Cases come as in the suite itself: several of one file, by a matrix.
const FILES: usize = 100;
const OF_FILE: usize = 5;
const CASES: usize = FILES * OF_FILE;
const EXCHANGES: usize = 5;
/// Many, since what disturbs a machine that others share as well meets the longer process more often.
const ROUNDS: usize = 31;
const BOUND: f64 = 2.0;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("serve"), Some(recording)) => server::serve(Path::new(&recording)),
        (Some("replay"), Some(recording)) => replay::replay(Path::new(&recording)),
        _ => return compare(),
    }
    ExitCode::SUCCESS
}

fn compare() -> ExitCode {
    let scratch = tempfile::tempdir().expect("a folder");
    let recording = scratch.path().join("requests.json");
    let server = server::Child::start(&recording);
    let cases = scratch.path().join("cases");
    write_cases(&cases);
    let report = scratch.path().join("report.json");
    let harness = || {
        let mut command = Command::new(HARNESS);
        command
            .arg("--registry")
            .arg(&server.url)
            .arg("--cases")
            .arg(&cases)
            .arg("--report")
            .arg(format!("json={}", report.display()))
            .stdout(Stdio::null());
        command
    };
    // The first run is not counted: it fills the recording.
    time(&mut harness());
    server.save();
    let bare = || {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.arg("replay").arg(&recording);
        command
    };
    time(&mut bare());
    let (mut suite, mut loops, mut loops_alone) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        suite.push(time(&mut harness()).0);
        let (whole, printed) = time(&mut bare());
        loops.push(whole);
        let alone = printed.trim().parse().expect("microseconds");
        loops_alone.push(Duration::from_micros(alone));
    }
    let mut ratios: Vec<f64> = suite
        .iter()
        .zip(&loops)
        .map(|(suite, bare)| suite.as_secs_f64() / bare.as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("{CASES} cases of {EXCHANGES} exchanges, shortest of {ROUNDS} runs each, in turns");
    row("harness, whole process", &suite);
    row("bare reqwest loop, whole process", &loops);
    row("the loop alone, its requests at hand", &loops_alone);
    let ratio = shortest(&suite).as_secs_f64() / shortest(&loops).as_secs_f64();
    let (low, median, high) = (ratios[0], ratios[ROUNDS / 2], ratios[ROUNDS - 1]);
    println!(
        "ratio of the shortest: {ratio:.2} (pair by pair: {low:.2} to {high:.2}, median {median:.2}); at most {BOUND:.1}"
    );
    let of_alone = shortest(&suite).as_secs_f64() / shortest(&loops_alone).as_secs_f64();
    println!(
        "for comparison, the harness by the loop alone, which starts nothing and reads no file: {of_alone:.2}"
    );
    if ratio > BOUND {
        println!("BROKEN");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// How long a process took, and what it printed.
fn time(command: &mut Command) -> (Duration, String) {
    let started = Instant::now();
    let output = command.output().expect("it starts");
    let took = started.elapsed();
    assert!(
        output.status.success(),
        "{command:?} ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    (took, String::from_utf8_lossy(&output.stdout).into_owned())
}

fn shortest(times: &[Duration]) -> Duration {
    times.iter().min().copied().unwrap_or_default()
}

fn row(what: &str, times: &[Duration]) {
    println!(
        "{what:40} {:8.1} ms",
        shortest(times).as_secs_f64() * 1000.0
    );
}

fn write_cases(folder: &Path) {
    for number in 0..FILES {
        let area = folder.join(format!("area-{}", number % 20));
        std::fs::create_dir_all(&area).expect("a folder");
        let text = format!(
            "summary: What was published reads back as it was created, number {number}.
matrix:
  note: [a, b, c, d, e]
given:
  content: {{component: seeded}}
steps:
  - create: {{set: {{note: $(note)}}}}
    expect: {{rule: CRE-1, status: 201, headers: {{Location: {{$present: true}}}}, schema: unpublished-release}}
  - upload: content
  - publish:
    expect: {{rule: PUB-1, status: 201, schema: release}}
  - get:
    as: anonymous
    expect:
      - {{rule: PUB-3, status: 200, schema: release, body: {{release: {{$exactly: \"$(main.manifest)\"}}}}}}
  - get:
    as: owner
    expect: {{rule: PUB-3, status: 200, body: {{release: {{$exactly: \"$(main.manifest)\"}}}}}}
"
        );
        std::fs::write(area.join(format!("case-{number}.yaml")), text).expect("a case file");
    }
}
