//! The command line.

mod arguments;
mod cases;
mod client;
mod compare;
mod completions;
mod coverage;
mod doctor;
mod embedded;
mod exit;
mod github;
mod init;
mod interrupt;
mod keys;
mod load;
mod man;
mod mock;
mod run;
mod signals;
mod stdout;
mod unmatched;
mod variation;

pub use exit::Exit;

use std::ffi::OsString;

use clap::{CommandFactory, Parser};

use arguments::{Cli, Command};

/// What the command line takes, for documents that are made from it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the program with these arguments, the first of which is its name.
///
/// `wrapped`: as a test target of cargo, where a filter that matches nothing here is meant for other targets.
pub fn main(arguments: impl IntoIterator<Item = OsString>, wrapped: bool) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help and version on stdout, mistakes on stderr.
            let is_mistake = error.use_stderr();
            let _ = error.print();
            return if is_mistake {
                Exit::Usage
            } else {
                Exit::Conforms
            };
        }
    };
    let result = match cli.command {
        None => run::run(&cli.run, wrapped),
        Some(Command::Run(run)) => run::run(&run, wrapped),
        Some(Command::Client(client)) => client::run(&client),
        Some(Command::Init(init)) => init::run(&init),
        Some(Command::Doctor(doctor)) => doctor::run(&doctor),
        Some(Command::Keys(keys)) => keys::run(&keys),
        Some(Command::Cases(cases)) => cases::run(&cases),
        Some(Command::Coverage(coverage)) => coverage::run(&coverage),
        Some(Command::Compare(compare)) => compare::run(&compare),
        Some(Command::Mock(mock)) => mock::run(&mock),
        Some(Command::Completions(completions)) => completions::run(&completions),
        Some(Command::Man(man)) => man::run(&man),
    };
    match result {
        Ok(exit) => exit,
        Err(error) => {
            eprintln!("error: {}", crate::report::safe(&error.to_string()));
            error.exit
        }
    }
}
