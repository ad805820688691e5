//! The command line of the `mock-registry` program.

mod options;
mod port_file;
mod run;
mod text;

pub use options::Options;
pub use run::{run, run_from};
