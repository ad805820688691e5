//! `cases`: list, check, export.

use std::path::Path;

use serde_json::json;

use super::arguments::{CasesArguments, CasesCommand};
use super::exit::{CliError, Exit};
use super::{load, stdout};
use crate::case;

/// Lists, checks or exports.
pub(super) fn run(arguments: &CasesArguments) -> Result<Exit, CliError> {
    match &arguments.command {
        CasesCommand::List { cases, json } => list(cases.as_deref(), *json),
        CasesCommand::Check { cases } => {
            let cases = load::all_cases(cases.as_deref())?;
            let plural = if cases.len() == 1 { "" } else { "s" };
            stdout::print(format!("{} case{plural}, no mistakes", cases.len()))?;
            Ok(Exit::Conforms)
        }
        CasesCommand::Export { folder, force } => export(folder, *force),
    }
}

fn list(folder: Option<&Path>, as_json: bool) -> Result<Exit, CliError> {
    let cases = load::all_cases(folder)?;
    if as_json {
        let cases: Vec<_> = cases
            .iter()
            .map(|case| {
                json!({
                    "id": case.id,
                    "summary": case.file.summary,
                    "level": case.level,
                    "requirements": case.requirements,
                    "needs": case.file.needs,
                    "slow": case.is_slow(),
                })
            })
            .collect();
        stdout::print(format!("{:#}", json!(cases)))?;
        return Ok(Exit::Conforms);
    }
    let width = cases.iter().map(|case| case.id.len()).max().unwrap_or(0);
    let lines: Vec<String> = cases
        .iter()
        .map(|case| {
            format!(
                "{:width$}  {:8}  {}\n{:width$}  {}",
                case.id,
                case.level.as_str(),
                case.requirements.join(" "),
                "",
                case.file.summary
            )
        })
        .collect();
    stdout::print(lines.join("\n"))?;
    Ok(Exit::Conforms)
}

fn export(folder: &Path, force: bool) -> Result<Exit, CliError> {
    let write = |path: &Path, text: &str| {
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(path, text))
            .map_err(|error| {
                CliError::message(format!("failed to write {}: {error}", path.display()))
            })
    };
    let files: Vec<(&str, &str)> = case::built_in_files().collect();
    let differs = |(id, text): &&(&str, &str)| {
        std::fs::read_to_string(folder.join(format!("{id}.yaml"))).is_ok_and(|there| there != *text)
    };
    if let (false, Some((id, _))) = (force, files.iter().find(differs)) {
        return Err(CliError::message(format!(
            "failed to export to {}: {id}.yaml is there and differs (--force overwrites it)",
            folder.display()
        )));
    }
    for (id, text) in &files {
        write(&folder.join(format!("{id}.yaml")), text)?;
    }
    write(
        &folder.join("case.schema.json"),
        &format!("{:#}\n", case::schema::generate()),
    )?;
    stdout::print(format!(
        "wrote {} case files and case.schema.json to {}",
        files.len(),
        folder.display()
    ))?;
    Ok(Exit::Conforms)
}
