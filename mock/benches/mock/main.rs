//! What the mock costs: `cargo bench -p mock-registry --bench mock`, or a part of it: `... --bench mock -- reading start`.
//!
//! Everything is a ratio to a baseline of the same run, or a bound; what does not meet its target says so at the end of its line.

#![expect(clippy::cast_precision_loss, reason = "figures are for people")]

mod figures;
mod hostile;
mod memory;
mod process;
mod publisher;
mod publishing;
mod reading;
mod servers;
mod start;
mod upload;
mod wire;

use std::process::ExitCode;

/// The parts, by name.
const PARTS: [(&str, fn()); 6] = [
    ("reading", reading::run),
    ("publishing", publishing::run),
    ("start", start::run),
    ("upload", upload::run),
    ("memory", memory::run),
    ("hostile", hostile::run),
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    for (name, run) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            println!("{name}");
            run();
        }
    }
    match figures::missed() {
        0 => ExitCode::SUCCESS,
        missed => {
            println!("{missed} not met");
            ExitCode::FAILURE
        }
    }
}
