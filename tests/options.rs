//! `docs/options.md` is made from the command lines themselves. `UPDATE_DOCS=1 cargo test --test options` writes it anew.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory};

const HEAD: &str = "# Options

Every option of `registry-conformance` and `mock-registry`, made from the programs themselves: `UPDATE_DOCS=1 cargo test --test options`.

An option on the command line counts before its environment variable. A variable of a switch counts unless it is empty, `0`, `false`, `no` or `off`; of an option that can be
repeated it holds the values with commas between them. `none` is what a switch without a value means: it is on. Every command also takes `--help`, and both programs `--version`.
";

#[test]
fn the_reference_of_options_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/options.md");
    let reference = reference();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &reference).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == reference,
        "docs/options.md is not about the present options; run `UPDATE_DOCS=1 cargo test --test options`"
    );
}

#[test]
fn every_option_says_what_it_is_for() {
    for program in [suite(), mock()] {
        for_each(&program, &mut |command| {
            for arg in options(command).chain(arguments(command)) {
                assert!(
                    arg.get_help().is_some(),
                    "{}: {} has no help",
                    command.get_name(),
                    arg.get_id()
                );
            }
        });
    }
}

#[test]
fn every_environment_variable_is_that_of_its_option() {
    for (program, prefix) in [
        (suite(), "REGISTRY_CONFORMANCE_"),
        (mock(), "MOCK_REGISTRY_"),
    ] {
        for_each(&program, &mut |command| {
            for arg in options(command) {
                let (Some(variable), Some(long)) = (arg.get_env(), arg.get_long()) else {
                    continue;
                };
                let expected = format!("{prefix}{}", long.to_uppercase().replace('-', "_"));
                assert_eq!(variable.to_str(), Some(expected.as_str()));
            }
        });
    }
}

fn suite() -> Command {
    built(registry_conformance::cli::command())
}

fn mock() -> Command {
    built(mock_registry::cli::Options::command())
}

fn built(command: Command) -> Command {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    command
}

fn for_each(command: &Command, visit: &mut impl FnMut(&Command)) {
    visit(command);
    for subcommand in command.get_subcommands() {
        for_each(subcommand, visit);
    }
}

/// Options with a name that are shown, the usual ones aside.
fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| {
        !arg.is_positional()
            && !arg.is_hide_set()
            && !matches!(arg.get_id().as_str(), "help" | "version")
    })
}

/// Arguments without a name.
fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|arg| arg.is_positional() && !arg.is_hide_set())
}

fn reference() -> String {
    let mut text = HEAD.to_owned();
    let suite = suite();
    let run = suite
        .get_subcommands()
        .find(|command| command.get_name() == "run")
        .unwrap();
    // Without a subcommand, the suite runs: what `run` takes, it takes.
    assert_eq!(names(&suite), names(run));
    for command in suite.get_subcommands() {
        section(&mut text, "registry-conformance", command, run);
    }
    section(&mut text, "", &mock(), run);
    text
}

fn names(command: &Command) -> Vec<String> {
    command
        .get_arguments()
        .map(|arg| arg.get_id().to_string())
        .filter(|id| id != "help" && id != "version")
        .collect()
}

fn section(text: &mut String, parent: &str, command: &Command, run: &Command) {
    let name = format!("{parent} {}", command.get_name()).trim().to_owned();
    if command.has_subcommands() {
        for subcommand in command.get_subcommands() {
            section(text, &name, subcommand, run);
        }
        return;
    }
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let stop = if about.ends_with(['.', '?']) { "" } else { "." };
    let _ = writeln!(text, "\n## {name}\n\n{about}{stop}");
    if command.get_name() == "mock" {
        text.push_str("\nEvery option of [`mock-registry`](#mock-registry).\n");
        return;
    }
    let is_run = command.get_name() == run.get_name();
    let run_names = names(run);
    let takes_all_of_run = !is_run && run_names.iter().all(|name| names(command).contains(name));
    let is_told = |arg: &&Arg| {
        !takes_all_of_run || !run_names.iter().any(|name| name == arg.get_id().as_str())
    };
    if takes_all_of_run {
        text.push_str(
            "\nEvery option of [`registry-conformance run`](#registry-conformance-run), and:\n",
        );
    }
    let rows: Vec<String> = arguments(command)
        .chain(options(command))
        .filter(is_told)
        .map(row)
        .collect();
    if rows.is_empty() {
        return;
    }
    text.push_str("\n| option | value | environment | default | |\n|---|---|---|---|---|\n");
    text.push_str(&rows.concat());
}

fn row(arg: &Arg) -> String {
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    let name = match (arg.get_long(), arg.get_short()) {
        (Some(long), Some(short)) => format!("`--{long}`, `-{short}`"),
        (Some(long), None) => format!("`--{long}`"),
        (None, Some(short)) => format!("`-{short}`"),
        (None, None) => format!("`{}`", value_names(arg)),
    };
    let possible: Vec<String> = arg
        .get_possible_values()
        .iter()
        .map(|value| format!("`{}`", value.get_name()))
        .collect();
    let is_switch = possible.iter().any(|value| value == "`yes`");
    let may_be_left_out = arg
        .get_num_args()
        .is_some_and(|range| range.min_values() == 0);
    let value = if !takes_value || (arg.is_positional() && possible.is_empty()) {
        String::new()
    } else if is_switch {
        let without = if may_be_left_out { "none, " } else { "" };
        format!("{without}`true` or `false`")
    } else if possible.is_empty() {
        format!("`{}`", value_names(arg))
    } else {
        possible.join(", ")
    };
    let environment = arg
        .get_env()
        .map(|variable| format!("`{}`", variable.to_string_lossy()))
        .unwrap_or_default();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    // Where the program itself fills in a default, the help names it.
    let (help, told) = match help.split_once(" [default: ") {
        Some((help, default)) => (help.to_owned(), default.trim_end_matches(']').to_owned()),
        None => (help, String::new()),
    };
    let defaults: Vec<String> = arg
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let default = match (takes_value, defaults.is_empty()) {
        (true, false) => defaults.join(","),
        _ => told,
    };
    let cells = [name, value, environment, default, help].map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

fn value_names(arg: &Arg) -> String {
    let names: Vec<&str> = arg
        .get_value_names()
        .into_iter()
        .flatten()
        .map(clap::builder::Str::as_str)
        .collect();
    if names.is_empty() {
        arg.get_id().as_str().to_uppercase()
    } else {
        names.join(" ")
    }
}
