//! `doctor`: whether a registry can be judged, step by step.

use super::arguments::DoctorArguments;
use super::embedded::{Embedded, EmbeddedOptions};
use super::exit::{CliError, Exit, with_causes};
use super::load;
use super::stdout;
use crate::doctor::{Examination, examine, json, text, unusable_file, unusable_set_up};
use crate::run::RunContext;
use crate::target::Target;
use crate::wire::Redactor;

/// Examines the registry and prints what came of it.
pub(super) fn run(arguments: &DoctorArguments) -> Result<Exit, CliError> {
    let registry = arguments.registry.as_ref();
    load::check_registry(registry)?;
    let target = match (&arguments.target, registry) {
        (Some(path), _) => match load::target_file(path, registry) {
            Ok(target) => Some(target),
            Err(error) => {
                let examination = unusable_file(&error, &error.to_string());
                return print_not_begun(arguments, &examination);
            }
        },
        (None, registry) => registry.cloned().map(Target::with_defaults),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(CliError::unreachable)?;
    let seed = u64::from(rand::random::<u32>());
    let (context, embedded) = match target {
        Some(target) => match runtime.block_on(RunContext::new(target, seed)) {
            Ok(context) => (context, None),
            Err(error) => {
                let told = with_causes(&error);
                return print_not_begun(arguments, &unusable_set_up(&error, &told));
            }
        },
        None => runtime
            .block_on(Embedded::start(EmbeddedOptions::usual(seed)))
            .map(|(context, embedded)| (context, Some(embedded)))?,
    };
    let of_target = option("--target", target_path(arguments));
    let examination = runtime.block_on(examine(&context, &of_target));
    let bundled = if embedded.is_some() {
        " (the bundled mock)"
    } else {
        ""
    };
    let title = format!("{}{bundled}", context.target.registry);
    print(arguments, &examination, &context.redactor, &title)?;
    // What a hostile server holds open is not waited for.
    runtime.shutdown_background();
    Ok(match examination.first_problem() {
        None => Exit::Conforms,
        Some(_) if examination.is_reached() => Exit::DoesNotConform,
        Some(_) => Exit::Unreachable,
    })
}

/// Nothing was sent, and nothing is secret: exit 2.
fn print_not_begun(
    arguments: &DoctorArguments,
    examination: &Examination,
) -> Result<Exit, CliError> {
    let redactor = Redactor::new(Vec::new());
    let title = target_path(arguments).map_or_else(String::new, |path| path.to_string());
    print(arguments, examination, &redactor, &title)?;
    Ok(Exit::Usage)
}

fn print(
    arguments: &DoctorArguments,
    examination: &Examination,
    redactor: &Redactor,
    title: &str,
) -> Result<(), CliError> {
    if arguments.json {
        return stdout::print(format!("{:#}", json(examination, redactor)));
    }
    let command = format!(
        "registry-conformance{}{}",
        option("--registry", arguments.registry.as_ref()),
        option("--target", target_path(arguments))
    );
    let title = redactor.text(title);
    let text = text(examination, redactor, &command);
    stdout::print(format!("{title}\n\n{}", text.trim_end()))
}

fn target_path(arguments: &DoctorArguments) -> Option<std::path::Display<'_>> {
    arguments.target.as_ref().map(|path| path.display())
}

/// ` --name value`, or nothing.
fn option(name: &str, value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(String::new, |value| format!(" {name} {value}"))
}
