//! What stands above the result on stderr: what is tested, and how.

use std::fmt::Write as _;

use serde_json::Value;

use super::console::safe_line;
use super::model::Run;
use super::style::{Ink, Style};
use crate::requirement::PROFILE_VERSION;

/// What is being tested and how.
pub fn banner(run: &Run, registry: &str, style: &Style) -> String {
    let mut text = heading(style);
    line(&mut text, "registry", registry, style);
    if let Some(identities) = run.target.get("identities").and_then(Value::as_object) {
        let names: Vec<String> = identities
            .iter()
            .map(
                |(name, identity)| match identity.get("namespace").and_then(Value::as_str) {
                    Some(namespace) => format!("{name} ({namespace})"),
                    None => name.clone(),
                },
            )
            .collect();
        line(&mut text, "identities", &names.join(", "), style);
    }
    let (there, absent) = capabilities(run);
    line(&mut text, "declared", &there, style);
    if !absent.is_empty() {
        line(&mut text, "not declared", &absent, style);
    }
    let seen = seen(run);
    if !seen.is_empty() {
        line(&mut text, "seen", &seen, style);
    }
    if let Some(verification @ ("none" | "uploads")) =
        run.declared.get("verification").and_then(Value::as_str)
    {
        let note = format!("{verification}: what this registry does not check itself is skipped");
        line(&mut text, "verification", &note, style);
    }
    line(&mut text, "seed", &run.seed.to_string(), style);
    text
}

/// What is being judged, of a client.
pub fn client_banner(run: &Run, command: &str, style: &Style) -> String {
    let mut text = heading(style);
    line(&mut text, "client", command, style);
    line(&mut text, "seed", &run.seed.to_string(), style);
    text
}

fn heading(style: &Style) -> String {
    let name = format!("registry-conformance {}", env!("CARGO_PKG_VERSION"));
    format!(
        "{} (profile {PROFILE_VERSION})\n",
        style.paint(Ink::Title, &name)
    )
}

fn line(text: &mut String, name: &str, value: &str, style: &Style) {
    let first = format!("  {name:<13} ");
    let _ = write!(
        text,
        "{}",
        style.wrap(&safe_line(value), &first, &" ".repeat(first.len()))
    );
}

/// What the target declares, and what it declares not to have.
fn capabilities(run: &Run) -> (String, String) {
    let (mut there, mut absent) = (Vec::new(), Vec::new());
    for (name, value) in run.declared.as_object().into_iter().flatten() {
        match value {
            Value::Bool(true) => there.push(name.clone()),
            Value::Bool(false) | Value::Null => absent.push(name.clone()),
            Value::String(text) if text == "none" && name == "sources.max" => {
                absent.push(name.clone());
            }
            Value::String(text) if text == "seen" => {}
            Value::String(text) => there.push(format!("{name}={text}")),
            Value::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map_or_else(|| item.to_string(), str::to_owned)
                    })
                    .collect();
                there.push(format!("{name}={}", items.join("+")));
            }
            other => there.push(format!("{name}={other}")),
        }
    }
    (there.join(", "), absent.join(", "))
}

/// What was found out, of what the target leaves open.
fn seen(run: &Run) -> String {
    run.seen
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| match value {
            Value::Bool(true) => name.clone(),
            Value::Bool(false) => format!("no {name}"),
            other => format!("{name}={other}"),
        })
        .collect::<Vec<_>>()
        .join(", ")
}
