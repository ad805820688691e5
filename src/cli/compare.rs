//! `compare`: reports side by side.

use std::path::Path;

use super::arguments::{Color, CompareArguments};
use super::exit::{CliError, Exit};
use super::stdout;
use crate::compare::{Comparison, load_all, render_html, render_markdown, render_text};
use crate::report::{ColorSetting, Style};

/// Compares; something that broke is exit 1.
pub(super) fn run(arguments: &CompareArguments) -> Result<Exit, CliError> {
    let (markdown, html) = (arguments.markdown.as_deref(), arguments.html.as_deref());
    let to_stdout = [markdown, html].into_iter().flatten();
    let to_stdout = to_stdout.filter(|path| is_stdout(path)).count();
    if to_stdout > 1 {
        return Err(CliError::message(
            "failed to write several forms to stdout: one `-` at most",
        ));
    }
    let reports = load_all(&arguments.reports).map_err(CliError::usage)?;
    let comparison = Comparison::of(&reports);
    let setting = arguments.color.map(|color| match color {
        Color::Auto => ColorSetting::Auto,
        Color::Always => ColorSetting::Always,
        Color::Never => ColorSetting::Never,
    });
    if to_stdout == 0 {
        let style = Style::of_stdout(setting);
        let text = render_text(&comparison, arguments.strict, &style);
        stdout::print(text.trim_end())?;
    }
    if let Some(path) = markdown {
        write(path, &render_markdown(&comparison))?;
    }
    if let Some(path) = html {
        write(path, &render_html(&comparison).map_err(CliError::usage)?)?;
    }
    Ok(if comparison.is_regression(arguments.strict) {
        Exit::DoesNotConform
    } else {
        Exit::Conforms
    })
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    if is_stdout(path) {
        return stdout::print(text.trim_end());
    }
    std::fs::write(path, text)
        .map_err(|error| CliError::message(format!("failed to write {}: {error}", path.display())))
}
