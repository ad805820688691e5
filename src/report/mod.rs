//! Results in the forms that people and programs read.

mod annotations;
mod answer;
mod areas;
mod badge;
mod banner;
mod broken_rule;
mod budget;
mod closing;
mod console;
mod difference;
mod explanation;
mod fitting;
mod format;
mod html;
mod ids;
mod interruption;
mod invocation;
mod json;
mod junit;
mod known_entries;
mod lines;
pub(crate) mod markdown;
mod model;
mod rule_list;
mod running;
mod skips;
mod style;
mod tap;
mod trial;

pub use annotations::annotations;
pub use answer::Answer;
pub use areas::{area_of, areas};
pub use badge::{render_badge, render_shields};
pub use banner::{banner, client_banner};
pub use broken_rule::{BrokenRule, Difference, failed_rules, warned_rules};
pub use closing::{Closing, counted};
pub use console::{safe, safe_line, shortened};
pub use explanation::explain;
pub use format::{ReportError, ReportFormat, ReportRequest, write_all};
pub use html::render as render_html;
pub(crate) use html::{
    SpecifiedArea, Tally, claim, content_security_policy, sentence, specified, tallies,
};
pub use interruption::Interruption;
pub use invocation::{Invocation, Repetition, to_repeat};
pub use json::render as render_json;
pub use junit::render as render_junit;
pub use known_entries::known_entries;
pub use markdown::render as render_markdown;
pub use model::{Report, ReportedCase, ReportedRequirement, Run, Summary, schema};
pub use running::{Running, UnderWay};
pub use skips::{Skipped, skips};
pub use style::{Ink, Style};
pub use tap::render as render_tap;
pub use trial::{ColorSetting, FormatSetting, TrialOptions, list, run_trials, run_without_output};
