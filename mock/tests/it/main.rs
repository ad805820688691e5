//! The registry through its public faces: HTTP, the program, and the library.

mod access;
mod answers;
mod archives;
mod control;
mod create;
mod defects;
mod errors;
mod fault_wire;
mod faults;
mod oddities;
mod processing;
mod program;
mod publish;
mod reading;
mod signatures;
mod sources;
mod support;
mod uploads;
