//! The registry through its public faces: HTTP, the program, and the library.

mod access;
mod archives;
mod create;
mod publish;
mod sources;
mod support;
mod uploads;
