//! The page as a whole.

use askama::Template;
use serde_json::Value;

use super::areas::{Area, areas};
use super::case_view::{Cases, cases};
use super::headline::{Headline, headline};
use super::policy::content_security_policy;
use super::rule_view::{Rule, rules};
use super::specification_view::{SpecifiedArea, on_the_web, specified};
use super::tally::{Tally, tallies};
use super::text::{BLOCK, LINE, counted, duration, grouped, shown};
use crate::outcome::{Level, Verdict};
use crate::report::Invocation;
use crate::report::model::Report;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The page. Whatever it is filled with is escaped; the style sheet and the script alone are not, and are ours.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    headline: Headline,
    /// What was judged: the URL of a registry, the command of a client.
    subject: String,
    is_client: bool,
    /// What to write before the id of a case to run it again.
    again: String,
    /// And behind it.
    behind: String,
    /// What a registry does not check itself.
    unverified: Option<String>,
    tool: String,
    version: String,
    profile: String,
    seed: u64,
    started: String,
    duration: String,
    ran: String,
    tallies: Vec<Tally>,
    areas: Vec<Area>,
    legend: Vec<Verdict>,
    broken_rules: Vec<Rule>,
    rules: Vec<Rule>,
    cases: Cases,
    total: String,
    specification: Vec<SpecifiedArea>,
    /// Where all of it is.
    specification_link: Option<String>,
    levels: Vec<Level>,
    capabilities: Vec<Capability>,
    target: String,
}

struct Capability {
    name: String,
    declared: String,
    seen: Option<String>,
}

/// Renders a report as a page, with how the run was asked for; `strict`: warnings are failures.
pub fn render(
    report: &Report,
    invocation: &Invocation,
    strict: bool,
) -> Result<String, askama::Error> {
    let (again, behind) = invocation.around_case(report.seed);
    let command = client_command(&report.target);
    let tallies = tallies(&report.summary);
    let (broken_rules, rules) = rules(&report.requirements, &report.cases);
    Page {
        policy: content_security_policy(Some(SCRIPT), STYLE),
        style: STYLE,
        script: SCRIPT,
        headline: headline(report, strict),
        subject: shown(
            command.as_deref().unwrap_or_else(|| {
                let registry = report.target.get("registry").and_then(Value::as_str);
                registry.unwrap_or("a registry")
            }),
            LINE,
        ),
        is_client: command.is_some(),
        again,
        behind,
        unverified: report
            .capabilities
            .declared
            .get("verification")
            .and_then(Value::as_str)
            .filter(|verification| *verification != "all")
            .map(|verification| shown(verification, 40)),
        tool: shown(&report.tool, 80),
        version: shown(&report.version, 40),
        profile: shown(&report.profile, 40),
        seed: report.seed,
        started: started(&report.started),
        duration: duration(report.duration_ms),
        ran: counted(report.summary.ran(), "case ran", "cases ran"),
        legend: tallies
            .iter()
            .filter(|tally| tally.width > 0.0)
            .map(|tally| tally.verdict)
            .collect(),
        tallies,
        areas: areas(&report.cases),
        broken_rules,
        rules,
        cases: cases(&report.cases),
        specification: specified(report.requirements.iter().map(|rule| rule.id.as_str())),
        specification_link: on_the_web("rules-for-registries"),
        total: grouped(report.cases.len()),
        levels: vec![Level::Must, Level::Should, Level::Optional],
        capabilities: capabilities(report),
        target: shown(
            &serde_json::to_string_pretty(&report.target).unwrap_or_default(),
            8 * BLOCK,
        ),
    }
    .render()
}

/// The command of a client that was judged.
fn client_command(target: &Value) -> Option<String> {
    let words = target.get("client")?.as_array()?;
    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
    Some(words.join(" "))
}

/// To the second; as it is if it is no time.
fn started(text: &str) -> String {
    text.parse::<jiff::Timestamp>().map_or_else(
        |_| shown(text, 40),
        |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

fn capabilities(report: &Report) -> Vec<Capability> {
    report
        .capabilities
        .declared
        .iter()
        .map(|(name, value)| Capability {
            name: shown(name, 80),
            declared: plain(value),
            seen: report.capabilities.seen.get(name).map(plain),
        })
        .collect()
}

/// A value without the quotes of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => shown(text, LINE),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => shown(&other.to_string(), LINE),
    }
}
