//! `keys`: the public JWKS to install in a registry.

use super::arguments::KeysArguments;
use super::exit::{CliError, Exit};
use super::stdout;
use crate::jws::KeySet;
use crate::origin::Authority;
use crate::run::keys;
use crate::target::{Environment, LoadOptions, Target, TokenCommands};

/// Prints the keys.
pub(super) fn run(arguments: &KeysArguments) -> Result<Exit, CliError> {
    let keys = match &arguments.target {
        Some(path) => {
            let options = LoadOptions {
                registry: None,
                token_commands: TokenCommands::Skip,
            };
            let target =
                Target::load(path, &Environment::process(), &options).map_err(CliError::usage)?;
            if let Some(path) = &target.origin.ca {
                Authority::kept(path).map_err(CliError::usage)?;
                eprintln!(
                    "the CA of the content hosts, for the registry to trust: {}",
                    path.display()
                );
            }
            keys(&target).map_err(CliError::usage)?
        }
        None => KeySet::built_in(),
    };
    stdout::print(format!("{:#}", keys.public_jwks()))?;
    Ok(Exit::Conforms)
}
