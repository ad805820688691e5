//! What the fuzz targets do, one module each: octets from outside go in, and what must hold of them is asserted.
//!
//! `fuzz_targets/` hands these functions to libFuzzer; `tests/fuzz_corpus.rs` plays the committed inputs through the same ones.

#![forbid(unsafe_code)]

pub mod answer;
pub mod case_file;
pub mod content;
pub mod control;
pub mod http_answer;
pub mod http_request;
pub mod input_file;
pub mod json;
pub mod jws;
pub mod registry;
mod served;
mod text;

/// What a target does with an input; it panics when something does not hold.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Target)] = &[
    ("answer", answer::run),
    ("case_file", case_file::run),
    ("content", content::run),
    ("control", control::run),
    ("http_answer", http_answer::run),
    ("http_request", http_request::run),
    ("input_file", input_file::run),
    ("json", json::run),
    ("jws", jws::run),
    ("registry", registry::run),
];
