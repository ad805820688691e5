//! The registry through its public faces: HTTP, the program, and the library.

mod access;
mod answers;
mod archives;
mod clock;
mod control;
mod create;
mod defects;
mod errors;
mod fault_chance;
mod fault_validation;
mod fault_wire;
mod faults;
mod holds;
mod in_process;
mod journal;
mod journal_questions;
mod limits;
mod long_answers;
mod metrics;
mod oddities;
mod processing;
mod program;
mod publish;
mod reading;
mod readme;
mod sessions;
#[cfg(unix)]
mod shutdown;
mod signatures;
mod source_changes;
mod source_guards;
mod sources;
mod support;
mod uploads;
