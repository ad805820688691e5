//! Carrying out cases against a registry.

mod attempt;
mod bounded;
mod case;
mod client;
mod context;
mod create;
mod download;
mod hosts;
mod journal;
mod judging;
#[cfg(target_os = "linux")]
mod leftovers;
mod names;
mod outside;
mod parallel;
mod performed;
mod preflight;
mod presence;
mod process;
mod publish;
mod read;
mod record;
mod registry;
mod release;
mod scope;
mod send;
mod serve;
mod sessions;
mod sources;
mod upload;
mod verdict;
mod wait;

pub use context::{ContextError, RunContext, keys};
pub(crate) use preflight::is_unpublished_release;
pub use preflight::{NotARegistry, Preflight, preflight};
pub use process::kill_clients;
pub use registry::{Outcomes, not_run, run_case};
pub use sessions::ClientSuite;
