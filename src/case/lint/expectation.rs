//! Expectations that judge nothing, or what nobody can tell.

use serde_json::json;

use super::file::Lint;
use crate::case::client::ClientExit;
use crate::case::expectation::Expectation;
use crate::case::template;
use crate::check::{client, json as json_match, schema as api_schema, status};
use crate::requirement;
use crate::suggest;
use crate::target::PROBLEM_NAMES;

impl Lint<'_> {
    pub(super) fn rule(&mut self, pointer: &str, rule: &str) {
        self.rules += 1;
        if requirement::find(rule).is_none() {
            let hint = suggest::hint(rule, requirement::all().map(|rule| rule.id.as_str()));
            self.say(pointer, format!("there is no rule `{rule}`{hint}"));
        }
    }

    /// What stands in the place of a defect that breaks the expectation.
    fn reasons(&mut self, pointer: &str, expectation: &Expectation) {
        if let Some(reason) = &expectation.no_defect {
            if expectation.rule.is_none() || expectation.control {
                self.say(
                    &format!("{pointer}/no-defect"),
                    "`no-defect` stands with a `rule`, and not with `control`",
                );
            }
            if reason.split_whitespace().count() < 4 {
                self.say(
                    &format!("{pointer}/no-defect"),
                    "`no-defect` is the reason, in a sentence",
                );
            }
        }
        if !expectation.control {
            return;
        }
        let wants_refusal = expectation.refused.is_some()
            || expectation.may_refuse.is_some()
            || expectation.succeeds == Some(false)
            || expectation.published == Some(false)
            || expectation.exit == Some(ClientExit::Failed)
            || expectation.output.as_deref() == Some("absent");
        if expectation.rule.is_none() || wants_refusal {
            self.say(
                &format!("{pointer}/control"),
                "a control carries a `rule` and is about success: that a registry refuses, or a client fails, is what a defect can break",
            );
        }
        if let Some(judged) = expectation.judged_value() {
            self.control_that_judges(pointer, judged);
        }
    }

    pub(super) fn control_that_judges(&mut self, pointer: &str, judged: &str) {
        self.say(
            &format!("{pointer}/control"),
            format!(
                "a control says that the right thing succeeds, and `{judged}` judges more than that: put it into an expectation of its own, which a defect can break"
            ),
        );
    }

    pub(super) fn expectation(&mut self, pointer: &str, expectation: &Expectation) {
        if let Some(rule) = &expectation.rule {
            self.rule(&format!("{pointer}/rule"), rule);
        }
        self.reasons(pointer, expectation);
        if let Some(when) = &expectation.when {
            self.needs(&format!("{pointer}/when"), &json!(when));
        }
        let tallied = expectation.tally.iter().flatten();
        for problems in tallied
            .map(|line| &line.refused)
            .chain([&expectation.refused, &expectation.may_refuse])
            .flatten()
        {
            for name in problems.as_slice() {
                if !PROBLEM_NAMES.contains(&name.as_str()) && name != "any" && !name.contains("$(")
                {
                    let hint = suggest::hint(name, PROBLEM_NAMES.iter().copied());
                    self.say(pointer, format!("there is no problem `{name}`{hint}"));
                }
            }
        }
        if let Some(matcher) = &expectation.body
            && let Err((at, what)) = json_match::validate(matcher)
        {
            self.say(&format!("{pointer}/body{at}"), what);
        }
        let tallied = expectation.tally.iter().flatten();
        for status in tallied
            .filter_map(|line| line.status.as_ref())
            .chain(&expectation.status)
        {
            let is_filled_in_later = !template::names(status).is_empty();
            if status::fits(status, 200).is_none() && !is_filled_in_later {
                self.say(
                    &format!("{pointer}/status"),
                    "this is no status; expected a number as 404, a class as 4xx, or a list of them",
                );
            }
        }
        for matcher in expectation.headers.iter().flatten() {
            if let Err((at, what)) = json_match::validate(matcher.1) {
                self.say(&format!("{pointer}/headers/{}{at}", matcher.0), what);
            }
        }
        if let Some(schema) = &expectation.schema
            && !api_schema::NAMES.contains(&schema.as_str())
        {
            let hint = suggest::hint(schema, api_schema::NAMES.iter().copied());
            self.say(
                &format!("{pointer}/schema"),
                format!("there is no schema `{schema}`{hint}"),
            );
        }
        for (member, content) in [
            ("bytes", &expectation.bytes),
            ("output", &expectation.output),
        ] {
            if let Some(content) = content
                && !self.file.given.contains_key(content)
                && !(member == "output" && content == client::ABSENT)
            {
                self.unknown(
                    &format!("{pointer}/{member}"),
                    "content",
                    content,
                    self.file.given.keys(),
                );
            }
        }
        if let Some(step) = &expectation.same_as
            && !self.steps.contains(step)
        {
            let known = self.steps.clone();
            self.unknown(&format!("{pointer}/same-as"), "step", step, &known);
        }
    }
}
