//! How long the harness takes to start: `cargo bench --bench start`.
//!
//! Times are the shortest of several runs, so that other programs on the machine disturb them little; what counts are the ratios, to
//! runs of the same program that read no case (`--version`) or fewer of them. Ends with 1 where a list takes more than 30 ms, or the time
//! grows faster than the number of files.

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const HARNESS: &str = env!("CARGO_BIN_EXE_registry-conformance");
const RUNS: usize = 25;
/// What a list of all cases may take.
const LIST: Duration = Duration::from_millis(30);
/// How many times as long ten times as many files may take.
const LINEAR: f64 = 13.0;

fn main() -> ExitCode {
    let nothing = fastest(RUNS, Command::new(HARNESS).arg("--version"));
    println!("{:46} {}", "--version (reads no case)", shown(nothing));
    let list = fastest(RUNS, Command::new(HARNESS).arg("--list"));
    row("--list, all built-in cases", list, nothing, "--version");
    let one = fastest(
        RUNS,
        Command::new(HARNESS).args(["--list", "--exact", "publish/answers-with-the-release"]),
    );
    row("--list --exact, one case", one, nothing, "--version");

    let scratch = tempfile::tempdir().expect("a folder for case files");
    let [few, many] = [1_000, 10_000].map(|files| {
        let folder = scratch.path().join(files.to_string());
        write_cases(&folder, files);
        fastest(
            3,
            Command::new(HARNESS)
                .arg("--list")
                .arg("--cases")
                .arg(&folder),
        )
    });
    row("--list --cases, 1,000 files", few, list, "--list");
    row("--list --cases, 10,000 files", many, few, "1,000 files");
    let growth = many.as_secs_f64() / few.as_secs_f64();
    let is_linear = growth < LINEAR;
    println!(
        "ten times as many files take {growth:.1} times as long: {}",
        if is_linear { "linear" } else { "NOT LINEAR" }
    );
    let is_quick = list <= LIST;
    if !is_quick {
        println!("--list takes more than {}: NOT MET", shown(LIST).trim());
    }
    if is_linear && is_quick {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// As many files of one case each, all of them right and each another.
fn write_cases(folder: &Path, files: usize) {
    for number in 0..files {
        let area = folder.join(format!("area-{}", number % 100));
        std::fs::create_dir_all(&area).expect("a folder");
        let text = format!(
            "summary: What was published reads back as it was created, number {number}.
given:
  content: {{component: seeded}}
steps:
  - create:
  - upload: content
  - publish:
    expect: {{rule: PUB-1, status: [201, 202]}}
  - get:
    as: anonymous
    expect:
      - {{rule: PUB-3, status: 200, body: {{release: {{$exactly: \"$(main.manifest)\"}}}}}}
"
        );
        std::fs::write(area.join(format!("case-{number}.yaml")), text).expect("a case file");
    }
}

fn fastest(runs: usize, command: &mut Command) -> Duration {
    command.stdout(Stdio::null());
    (0..runs)
        .map(|_| {
            let started = Instant::now();
            let status = command.status().expect("the harness starts");
            assert!(status.success(), "{command:?} ended with {status}");
            started.elapsed()
        })
        .min()
        .unwrap_or_default()
}

fn row(what: &str, took: Duration, baseline: Duration, of: &str) {
    let ratio = took.as_secs_f64() / baseline.as_secs_f64();
    println!("{what:46} {}   {ratio:6.1} x {of}", shown(took));
}

fn shown(time: Duration) -> String {
    format!("{:9.1} ms", time.as_secs_f64() * 1000.0)
}
