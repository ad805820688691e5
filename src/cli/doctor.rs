//! `doctor`: whether a registry can be judged, step by step.

use super::arguments::{DoctorArguments, RunArguments};
use super::embedded::{Embedded, EmbeddedOptions};
use super::exit::{CliError, Exit};
use super::load;
use super::stdout;
use crate::doctor::{examine, json, text};
use crate::run::RunContext;

/// Examines the registry and prints what came of it.
pub(super) fn run(arguments: &DoctorArguments) -> Result<Exit, CliError> {
    let target = load::target(&RunArguments {
        registry: arguments.registry.clone(),
        target: arguments.target.clone(),
        ..RunArguments::default()
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::unreachable)?;
    let seed = u64::from(rand::random::<u32>());
    let (examination, context, embedded) = runtime.block_on(async {
        let (context, embedded) = if let Some(target) = target {
            let context = RunContext::new(target, seed).await;
            (context.map_err(CliError::usage)?, None)
        } else {
            let (context, embedded) = Embedded::start(EmbeddedOptions::usual(seed)).await?;
            (context, Some(embedded))
        };
        let of_target = option(
            "--target",
            arguments.target.as_ref().map(|path| path.display()),
        );
        let examination = examine(&context, &of_target).await;
        Ok::<_, CliError>((examination, context, embedded))
    })?;
    let redactor = &context.redactor;
    if arguments.json {
        stdout::print(format!("{:#}", json(&examination, redactor)))?;
    } else {
        let command = format!(
            "registry-conformance{}{}",
            option("--registry", arguments.registry.as_ref()),
            option(
                "--target",
                arguments.target.as_ref().map(|path| path.display())
            )
        );
        let bundled = if embedded.is_some() {
            " (the bundled mock)"
        } else {
            ""
        };
        let title = redactor.text(&format!("{}{bundled}", context.target.registry));
        let text = text(&examination, redactor, &command);
        stdout::print(format!("{title}\n\n{}", text.trim_end()))?;
    }
    // What a hostile server holds open is not waited for.
    runtime.shutdown_background();
    Ok(match examination.first_problem() {
        None => Exit::Conforms,
        Some(_) if examination.is_reached() => Exit::DoesNotConform,
        Some(_) => Exit::Unreachable,
    })
}

/// ` --name value`, or nothing.
fn option(name: &str, value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(String::new, |value| format!(" {name} {value}"))
}
