//! The command line of the `mock-registry` program.

mod config_file;
mod config_reason;
mod error;
mod options;
mod port_file;
mod run;
mod session_options;
mod stop_signals;
mod text;

pub use error::{CliError, OptionsError};
pub use options::Options;
pub use run::{run, run_from};
pub(crate) use session_options::SessionOptions;
