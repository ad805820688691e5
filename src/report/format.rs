//! Which reports are asked for, and writing them.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use super::model::{Report, Run, Summary};
use super::{badge, html, json, junit, markdown, tap};
use crate::outcome::CaseOutcome;
use crate::suggest;

/// Octets of a report that are written at a time.
const CHUNK: usize = 64 * 1024;

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// `schemas/report.schema.json`.
    Json,
    /// `JUnit` XML.
    Junit,
    /// One page for a browser.
    Html,
    /// A short summary for people.
    Markdown,
    /// TAP 14.
    Tap,
    /// A badge as SVG.
    Badge,
    /// A badge as the JSON of a shields endpoint.
    Shields,
}

impl ReportFormat {
    const NAMES: &[(&'static str, Self)] = &[
        ("json", Self::Json),
        ("junit", Self::Junit),
        ("html", Self::Html),
        ("markdown", Self::Markdown),
        ("tap", Self::Tap),
        ("badge", Self::Badge),
        ("shields", Self::Shields),
    ];
}

/// `FORMAT=PATH` of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRequest {
    /// The form.
    pub format: ReportFormat,
    /// The file; none for stdout (`-`).
    pub path: Option<PathBuf>,
}

/// Why reports can not be written.
#[derive(Debug, Error)]
pub enum ReportError {
    /// Not `FORMAT=PATH`.
    #[error("failed to read {0:?} as FORMAT=PATH; write json=report.json, or json=- for stdout")]
    Request(String),
    /// No such form.
    #[error("failed to find the report format {name:?}{hint}")]
    Format {
        /// What was asked for.
        name: String,
        /// The nearest, or all.
        hint: String,
    },
    /// A report can not be rendered.
    #[error("failed to render the report: {0}")]
    Render(String),
    /// A report can not be written.
    #[error("failed to write the report {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl ReportRequest {
    /// Whether the file could be written, before a run is spent on it.
    pub fn check(&self) -> Result<(), ReportError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => std::path::Path::new("."),
        };
        let error = if path.is_dir() {
            std::io::Error::from(ErrorKind::IsADirectory)
        } else if let Err(error) = std::fs::metadata(folder) {
            error
        } else {
            return Ok(());
        };
        Err(ReportError::Write {
            path: path.clone(),
            source: error,
        })
    }
}

impl FromStr for ReportRequest {
    type Err = ReportError;

    fn from_str(text: &str) -> Result<Self, ReportError> {
        let (name, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| ReportError::Request(text.to_owned()))?;
        let format = ReportFormat::NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, format)| *format)
            .ok_or_else(|| ReportError::Format {
                name: name.to_owned(),
                hint: suggest::hint(name, ReportFormat::NAMES.iter().map(|(name, _)| *name)),
            })?;
        Ok(Self {
            format,
            path: (path != "-").then(|| PathBuf::from(path)),
        })
    }
}

/// Writes all reports; one that fails does not keep the others from being written.
pub fn write_all(
    requests: &[ReportRequest],
    run: &Run,
    outcomes: &[CaseOutcome],
    strict: bool,
) -> Result<(), ReportError> {
    let mut first_error = None;
    for request in requests {
        match write(request, run, outcomes, strict) {
            // Who reads stdout has seen enough (`| head`).
            Err(ReportError::Write { source, .. })
                if request.path.is_none() && source.kind() == ErrorKind::BrokenPipe => {}
            Err(error) => first_error = first_error.or(Some(error)),
            Ok(()) => {}
        }
    }
    first_error.map_or(Ok(()), Err)
}

fn write(
    request: &ReportRequest,
    run: &Run,
    outcomes: &[CaseOutcome],
    strict: bool,
) -> Result<(), ReportError> {
    let unwritten = |source: std::io::Error| ReportError::Write {
        path: request.path.clone().unwrap_or_else(|| PathBuf::from("-")),
        source,
    };
    let unrendered = |error: &dyn Display| ReportError::Render(error.to_string());
    let text = match request.format {
        // It can be long, and is written as it is made.
        ReportFormat::Json => {
            let mut writer = BufWriter::with_capacity(CHUNK, opened(request).map_err(unwritten)?);
            json::write(Report::new(run, outcomes), &mut writer).map_err(|error| {
                if error.is_io() {
                    unwritten(error.into())
                } else {
                    unrendered(&error)
                }
            })?;
            return writer.flush().map_err(unwritten);
        }
        ReportFormat::Junit => {
            junit::render(outcomes, run, strict).map_err(|error| unrendered(&error))?
        }
        ReportFormat::Html => html::render(&Report::new(run, outcomes), &run.invocation, strict)
            .map_err(|error| unrendered(&error))?,
        ReportFormat::Markdown => markdown::render(outcomes, run, strict),
        ReportFormat::Tap => tap::render(outcomes, run, strict),
        ReportFormat::Badge => {
            badge::render_badge(&Summary::of(outcomes), run.interrupted.as_ref(), strict)
                .map_err(|error| unrendered(&error))?
        }
        ReportFormat::Shields => {
            badge::render_shields(&Summary::of(outcomes), run.interrupted.as_ref(), strict)
        }
    };
    let mut writer = opened(request).map_err(unwritten)?;
    writer
        .write_all(text.as_bytes())
        .and_then(|()| writer.flush())
        .map_err(unwritten)
}

/// Where a report goes.
fn opened(request: &ReportRequest) -> std::io::Result<Box<dyn Write>> {
    Ok(match &request.path {
        Some(path) => Box::new(File::create(path)?),
        None => Box::new(std::io::stdout().lock()),
    })
}
