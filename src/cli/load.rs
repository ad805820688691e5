//! From options to target, cases and known failures.

use std::path::Path;

use url::Url;

use super::arguments::RunArguments;
use super::exit::CliError;
use crate::case::{self, Case};
use crate::known_failures::KnownFailures;
use crate::plan::{Selection, Slow};
use crate::target::{Environment, LoadOptions, Target, TargetError, TokenCommands};

/// Whom a run judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    Registry,
    Client,
}

impl Judged {
    fn keeps(self, case: &Case) -> bool {
        case.is_about_client() == (self == Self::Client)
    }
}

/// The cases of a folder, or the built-in ones.
pub(super) fn all_cases(folder: Option<&Path>) -> Result<Vec<Case>, CliError> {
    match folder {
        Some(folder) => case::from_folder(folder),
        None => case::built_in(),
    }
    .map_err(CliError::usage)
}

/// Those of them that judge a registry or a client.
pub(super) fn cases(folder: Option<&Path>, judged: Judged) -> Result<Vec<Case>, CliError> {
    let mut cases = all_cases(folder)?;
    cases.retain(|case| judged.keeps(case));
    Ok(cases)
}

/// The cases of a run. Of the built-in ones no more are read than the run can be about, since a runner that starts a
/// process for each case starts many.
pub(super) fn cases_of(arguments: &RunArguments, judged: Judged) -> Result<Vec<Case>, CliError> {
    let is_narrow = arguments.exact
        && !arguments.filters.is_empty()
        && arguments.cases.is_none()
        && arguments.known_failures.is_none();
    if is_narrow {
        let mut cases = case::built_in_exactly(&arguments.filters).map_err(CliError::usage)?;
        cases.retain(|case| judged.keeps(case));
        return Ok(cases);
    }
    cases(arguments.cases.as_deref(), judged)
}

/// The target, unless the bundled mock is meant.
pub(super) fn target(arguments: &RunArguments) -> Result<Option<Target>, CliError> {
    let registry = arguments.registry.as_ref();
    check_registry(registry)?;
    match (&arguments.target, registry) {
        (Some(path), _) => target_file(path, registry)
            .map(Some)
            .map_err(CliError::usage),
        (None, Some(registry)) => Ok(Some(Target::with_defaults(registry.clone()))),
        (None, None) => Ok(None),
    }
}

/// A target file, whose URL another may override.
pub(super) fn target_file(path: &Path, registry: Option<&Url>) -> Result<Target, TargetError> {
    let options = LoadOptions {
        registry: registry.cloned(),
        token_commands: TokenCommands::Run,
    };
    Target::load(path, &Environment::process(), &options)
}

/// Whether `--registry` can be one.
pub(super) fn check_registry(registry: Option<&Url>) -> Result<(), CliError> {
    let Some(registry) = registry else {
        return Ok(());
    };
    if !registry.username().is_empty() || registry.password().is_some() {
        // Not repeated: it can hold a password.
        return Err(CliError::message(
            "failed to use --registry: a URL here has no user or password; the identities of the target file say how requests authenticate",
        ));
    }
    if !matches!(registry.scheme(), "http" | "https") {
        return Err(CliError::message(format!(
            "failed to use {registry} as a registry: its URL has to begin with http:// or https://"
        )));
    }
    Ok(())
}

/// The known failures; every entry has to match a case.
pub(super) fn known_failures(
    arguments: &RunArguments,
    cases: &[Case],
) -> Result<KnownFailures, CliError> {
    let Some(path) = &arguments.known_failures else {
        return Ok(KnownFailures::default());
    };
    let known = KnownFailures::load(path).map_err(CliError::usage)?;
    known
        .check(
            &cases
                .iter()
                .map(|case| case.id.as_str())
                .collect::<Vec<_>>(),
        )
        .map_err(CliError::usage)?;
    Ok(known)
}

/// Which cases are meant.
pub(super) fn selection(arguments: &RunArguments) -> Selection {
    Selection {
        filters: arguments.filters.clone(),
        skip: arguments.skip.clone(),
        exact: arguments.exact,
        slow: if arguments.ignored {
            Slow::Only
        } else if arguments.include_ignored {
            Slow::Included
        } else {
            Slow::Ignored
        },
    }
}
