//! The registry through its public faces: HTTP, the program, and the library.

mod access;
mod archives;
mod clock;
mod control;
mod create;
mod defects;
mod errors;
mod in_process;
mod journal;
mod metrics;
mod processing;
mod program;
mod publish;
mod reading;
mod sessions;
mod signatures;
mod sources;
mod support;
mod uploads;
