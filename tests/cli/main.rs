//! The command line as people and scripts meet it: exit codes, where output goes, one clear message for each mistake.

mod output;
mod runs;
mod subcommands;
mod support;
mod usage;
