//! What a hostile registry costs the harness: `cargo bench --bench hostile`.
//!
//! Servers that are hostile in one way each, and a registry until then: a server of which the first create alone is honest, or the bundled
//! mock behind a proxy that is honest until the publish, or until the download of the content. The whole suite meets each. Of each: how long
//! the run took, the most memory that it had resident, and whether the report has every case. Ends with 1 when a bound is broken. (Memory is
//! read from `/proc`, so on Linux only.)

mod proxy;
mod request;
mod stranger;
mod ways;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use proxy::{Proxy, Stage};
use serde_json::Value;
use ways::Hostility;

const HARNESS: &str = env!("CARGO_BIN_EXE_registry-conformance");
/// Resident memory that a run may need, in MiB.
const MEMORY: u64 = 256;
/// A run is given up when it takes longer than any of its cases could.
const PATIENCE: Duration = Duration::from_mins(5);

/// The deadlines of the target file.
#[derive(Clone, Copy)]
enum Deadlines {
    Default,
    Short,
}

/// How long a server is honest.
#[derive(Clone, Copy)]
enum Honest {
    /// For one create.
    Once,
    /// But at one stage.
    Until(Stage),
}

struct Way {
    name: &'static str,
    honest: Honest,
    deadlines: Deadlines,
    hostility: Hostility,
}

const fn at_once(name: &'static str, hostility: Hostility) -> Way {
    Way {
        name,
        honest: Honest::Once,
        deadlines: Deadlines::Short,
        hostility,
    }
}

const fn until(stage: Stage, name: &'static str, hostility: Hostility) -> Way {
    Way {
        name,
        honest: Honest::Until(stage),
        deadlines: Deadlines::Short,
        hostility,
    }
}

const WAYS: &[Way] = &[
    at_once("a body without end", ways::endless_body),
    at_once("chunks without end", ways::endless_chunks),
    at_once("header fields without end", ways::endless_fields),
    at_once("a large head each time", ways::large_head),
    at_once("interim answers without end", ways::endless_interim),
    at_once("10 GB declared, and silence", ways::declared_and_silent),
    at_once("one octet at a time", ways::drip),
    Way {
        deadlines: Deadlines::Default,
        ..at_once(
            "one octet a second, default deadlines",
            ways::one_octet_a_second,
        )
    },
    at_once("silence", ways::silence),
    at_once("redirects for ever", ways::redirect),
    at_once("a gzip bomb", ways::gzip_bomb),
    at_once("invalid UTF-8", ways::invalid_utf8),
    at_once("JSON 100,000 deep", ways::deep_json),
    at_once("JSON of two million values", ways::many_values),
    at_once("JSON of 2,200 small mappings", ways::small_mappings),
    at_once("a chunk size without end", ways::endless_size),
    at_once("a text of four megabytes", ways::long_text),
    until(
        Stage::Publish,
        "publish: a body without end",
        ways::endless_body,
    ),
    until(
        Stage::Publish,
        "publish: one octet a second",
        ways::one_octet_a_second,
    ),
    until(
        Stage::Release,
        "publish and release: a large head",
        ways::large_head,
    ),
    until(
        Stage::Release,
        "publish and release: a long text",
        ways::long_text,
    ),
    until(
        Stage::Release,
        "publish and release: small mappings",
        ways::small_mappings,
    ),
    until(
        Stage::Download,
        "download: a body without end",
        ways::endless_body,
    ),
    until(Stage::Download, "download: a large head", ways::large_head),
    until(
        Stage::Download,
        "download: one octet a second",
        ways::one_octet_a_second,
    ),
    until(
        Stage::Sources,
        "20,000 sources: large errors",
        ways::large_error,
    ),
    until(
        Stage::Sources,
        "20,000 sources: bodies without end",
        ways::endless_body,
    ),
];

fn main() -> ExitCode {
    // Made before it is needed: that takes some seconds.
    LazyLock::force(&ways::BOMB);
    let scratch = tempfile::tempdir().expect("a folder");
    let expected = listed();
    let mut good = true;
    // `cargo bench --bench hostile -- gzip` is one way alone.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with("--"))
        .collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str()));
    for way in WAYS.iter().filter(|way| is_wanted(way.name)) {
        let run = meet(scratch.path(), way);
        let is_bounded = run.memory <= MEMORY && run.exit.is_some() && run.reported == expected;
        good &= is_bounded;
        println!(
            "{:38} {:6.1} s   {:4} MiB of {MEMORY}   {} of {expected} cases reported, {} passed   exit {}{}",
            way.name,
            run.took.as_secs_f64(),
            run.memory,
            run.reported,
            run.passed,
            run.exit
                .map_or("none: given up".to_owned(), |code| code.to_string()),
            if is_bounded { "" } else { "   NOT BOUNDED" },
        );
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

struct Run {
    took: Duration,
    memory: u64,
    reported: usize,
    passed: u64,
    exit: Option<i32>,
}

/// How many cases a run has to report: those that are slow do not run.
fn listed() -> usize {
    let count = |options: &[&str]| {
        let output = Command::new(HARNESS).args(options).output();
        let output = output.expect("a list");
        String::from_utf8_lossy(&output.stdout).lines().count()
    };
    count(&["--list"]) - count(&["--list", "--ignored"])
}

fn meet(scratch: &Path, way: &Way) -> Run {
    let proxy;
    let url = match way.honest {
        Honest::Once => stranger::serve(way.hostility),
        Honest::Until(stage) => {
            proxy = Proxy::start(stage, way.hostility);
            proxy.url.clone()
        }
    };
    let target = scratch.join("target.yaml");
    let deadlines = match way.deadlines {
        Deadlines::Default => "",
        Deadlines::Short => "deadlines: {exchange: 1s, processing: 1s, source: 1s}\n",
    };
    let text = format!("registry: {url}\n{deadlines}");
    std::fs::write(&target, text).expect("a target file");
    let report = scratch.join("report.json");
    let _ = std::fs::remove_file(&report);
    let started = Instant::now();
    let mut harness = Command::new(HARNESS)
        .arg("--target")
        .arg(&target)
        .arg("--report")
        .arg(format!("json={}", report.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the harness starts");
    let mut memory = 0;
    let exit = loop {
        memory = memory.max(resident(harness.id()));
        if let Some(status) = harness.try_wait().expect("a status") {
            break status.code();
        }
        if started.elapsed() > PATIENCE {
            let _ = harness.kill();
            let _ = harness.wait();
            break None;
        }
        thread::sleep(Duration::from_millis(10));
    };
    let report: Value = std::fs::read(&report)
        .ok()
        .and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or(Value::Null);
    Run {
        took: started.elapsed(),
        memory,
        reported: report["cases"].as_array().map_or(0, Vec::len),
        passed: report["summary"]["pass"].as_u64().unwrap_or_default(),
        exit,
    }
}

/// The most that a process has had resident so far, in MiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
        .and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1024)
}
