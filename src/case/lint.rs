//! What a schema can not see in a case file: names that mean nothing, and steps that judge nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::action::SourceSpec;
use super::client::ClientExit;
use super::content_names::ContentNames;
use super::expectation::Expectation;
use super::host_spec::{BehaviourSpec, HostSpec};
use super::model::{CaseFile, SkipUnless, Step};
use super::one_or_many::OneOrMany;
use super::template;
use crate::check::{client, json as json_match, schema as api_schema, status};
use crate::requirement;
use crate::suggest;
use crate::target::{Needs, PROBLEM_NAMES};
use crate::yaml;

/// Roots of templates that every case has.
pub const TEMPLATE_ROOTS: &[&str] = &[
    "registry",
    "limits",
    "owner",
    "other",
    "reader",
    "capability",
    "step",
    "saved",
    "secret",
    "fresh",
    "outside",
    "now",
    "http-date",
    "problem",
    "private-namespace",
];

/// Everything that is wrong, by JSON pointer.
pub(super) fn problems(file: &CaseFile, raw: &Value) -> Vec<(String, String)> {
    let mut lint = Lint {
        file,
        found: Vec::new(),
        releases: BTreeSet::from(["main".to_owned()]),
        steps: BTreeSet::new(),
        rules: 0,
    };
    lint.names(&file.steps);
    lint.needs("/needs", &json!(file.needs));
    for (index, (name, content)) in file.given.iter().enumerate() {
        let names = ContentNames::of_content(&format!("/given/{name}"), content);
        let known: Vec<&String> = file.given.keys().take(index).collect();
        lint.contents(names, &known);
    }
    for (name, host) in &file.hosts {
        lint.host(&format!("/hosts/{name}"), host);
    }
    if file.steps.is_empty() {
        lint.say("/steps", "a case needs at least one step");
    }
    lint.steps("/steps", &file.steps);
    lint.sides();
    if !file.steps.is_empty() && lint.rules == 0 {
        lint.say(
            "/steps",
            "no expectation carries a rule: a case has to judge something",
        );
    }
    if let Some(matrix) = &file.matrix
        && matrix.0.len() != 1
    {
        lint.say("/matrix", "a matrix has exactly one variable");
    }
    for part in ["given", "hosts", "steps"] {
        if let Some(value) = raw.get(part) {
            lint.templates(&mut format!("/{part}"), value);
        }
    }
    lint.found
}

struct Lint<'a> {
    file: &'a CaseFile,
    found: Vec<(String, String)>,
    releases: BTreeSet<String>,
    steps: BTreeSet<String>,
    rules: usize,
}

impl Lint<'_> {
    fn say(&mut self, pointer: &str, message: impl Into<String>) {
        self.found.push((pointer.to_owned(), message.into()));
    }

    /// Collects what later templates may name.
    fn names(&mut self, steps: &[Step]) {
        for step in steps {
            let labels = [
                step.create
                    .as_ref()
                    .and_then(|create| create.release.clone()),
                step.serve.as_ref().and_then(|serve| serve.release.clone()),
                step.client
                    .as_ref()
                    .and_then(|client| client.details().release),
            ];
            self.releases.extend(labels.into_iter().flatten());
            if let Some(name) = &step.name {
                self.steps.insert(name.clone());
            }
            self.names(step.nested());
        }
    }

    /// A case judges a registry or a client.
    fn sides(&mut self) {
        let is_about_client = self.file.steps.iter().any(|step| step.client.is_some());
        if is_about_client {
            return;
        }
        if !self.file.session.is_empty() {
            self.say("/session", "`session` is for cases with a `client` step");
        }
        for (index, step) in self.file.steps.iter().enumerate() {
            let mock_only = [
                ("inject", step.inject.is_some()),
                ("answer", step.answer.is_some()),
                ("serve", step.serve.is_some()),
                ("journal", step.journal.is_some()),
            ];
            for (name, _) in mock_only.iter().filter(|(_, is_there)| *is_there) {
                self.say(
                    &format!("/steps/{index}/{name}"),
                    format!("`{name}` is for cases with a `client` step: only the mock can do it"),
                );
            }
        }
    }

    fn needs(&mut self, pointer: &str, needs: &Value) {
        if let Err(errors) = Needs::from_json(needs) {
            for error in errors {
                self.say(
                    &format!("{pointer}{}", error.pointer),
                    error.error.to_string(),
                );
            }
        }
    }

    fn host(&mut self, pointer: &str, host: &HostSpec) {
        let names = ContentNames::of_host(pointer, host);
        let known: Vec<&String> = self.file.given.keys().collect();
        self.contents(names, &known);
        if let Some(behaviour) = host.behaviour() {
            self.redirects(pointer, behaviour);
        }
    }

    /// The hosts that a behaviour leads to.
    fn redirects(&mut self, pointer: &str, behaviour: &BehaviourSpec) {
        for name in behaviour.host_names() {
            if !self.file.hosts.contains_key(name) && !name.contains("://") && !name.contains("$(")
            {
                self.unknown(pointer, "host", name, self.file.hosts.keys());
            }
        }
    }

    fn unknown<'b>(
        &mut self,
        pointer: &str,
        kind: &str,
        name: &str,
        known: impl IntoIterator<Item = &'b String>,
    ) {
        let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
        let hint = suggest::hint(name, known.iter().copied());
        self.found.push((
            pointer.to_owned(),
            format!("there is no {kind} `{name}` in this case{hint}"),
        ));
    }

    fn steps(&mut self, pointer: &str, steps: &[Step]) {
        for (index, step) in steps.iter().enumerate() {
            self.step(&format!("{pointer}/{index}"), step);
        }
    }

    fn step(&mut self, pointer: &str, step: &Step) {
        let actions = step.actions();
        if actions.len() != 1 {
            let message = if actions.is_empty() {
                format!(
                    "this step has no action; expected one of {}",
                    Step::ACTIONS.join(", ")
                )
            } else {
                format!(
                    "this step has {} actions: {}; make a step of each",
                    actions.len(),
                    actions.join(", ")
                )
            };
            self.say(pointer, message);
        }
        if let Some(when) = &step.when {
            self.needs(&format!("{pointer}/when"), &json!(when));
        }
        match &step.skip_unless {
            Some(SkipUnless::Capability(promised)) => {
                self.rule(&format!("{pointer}/skip-unless/rule"), &promised.rule);
            }
            Some(SkipUnless::Seen(answer)) => {
                self.expectation(&format!("{pointer}/skip-unless/seen"), &answer.seen);
            }
            None => {}
        }
        let names = ContentNames::of_step(pointer, step);
        let known: Vec<&String> = self.file.given.keys().collect();
        self.contents(names, &known);
        self.sources(pointer, step);
        for (index, expectation) in step.expectations().iter().enumerate() {
            let at = match &step.expect {
                Some(OneOrMany::Many(_)) => format!("{pointer}/expect/{index}"),
                _ => format!("{pointer}/expect"),
            };
            self.expectation(&at, expectation);
            let has_to_stay = step.wait.as_ref().is_some_and(|wait| wait.stays.is_some());
            if expectation.control && has_to_stay {
                self.control_that_judges(&at, "while");
            }
        }
        if let Some(wait) = &step.wait {
            for (member, awaited) in [("until", &wait.until), ("while", &wait.stays)] {
                if let Some(awaited) = awaited {
                    self.expectation(&format!("{pointer}/wait/{member}"), awaited);
                }
            }
        }
        if let Some(set) = step.host.as_ref().and_then(|change| change.set.as_ref()) {
            self.redirects(&format!("{pointer}/host/set"), set);
        }
        if let Some(change) = &step.host
            && !self.file.hosts.contains_key(&change.host)
        {
            self.unknown(
                &format!("{pointer}/host/host"),
                "host",
                &change.host,
                self.file.hosts.keys(),
            );
        }
        if let Some(super::action::Received::Host(host)) = &step.received
            && !self.file.hosts.contains_key(host)
        {
            self.unknown(
                &format!("{pointer}/received"),
                "host",
                host,
                self.file.hosts.keys(),
            );
        }
        let nested = if step.attempt.is_some() {
            format!("{pointer}/attempt")
        } else {
            format!("{pointer}/parallel/steps")
        };
        self.steps(&nested, step.nested());
    }

    /// Names of contents, against those that there are at that place.
    fn contents(&mut self, names: ContentNames<'_>, known: &[&String]) {
        for (pointer, name) in names.0 {
            if known.iter().any(|there| *there == name) || name.contains("$(") {
                continue;
            }
            if self.file.given.contains_key(name) {
                self.say(
                    &pointer,
                    format!("the content `{name}` stands behind what uses it; put it before"),
                );
            } else {
                self.unknown(&pointer, "content", name, known.iter().copied());
            }
        }
    }

    /// The hosts among the sources of a step.
    fn sources(&mut self, pointer: &str, step: &Step) {
        for change in [&step.add_sources, &step.replace_sources]
            .into_iter()
            .flatten()
        {
            let sources = match &**change {
                super::action::AddSources::List(sources) => sources,
                super::action::AddSources::Detailed(details) => &details.sources,
            };
            for source in sources {
                if let SourceSpec::Url(url) = source
                    && !self.file.hosts.contains_key(url)
                    && url.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                    && !url.is_empty()
                {
                    self.unknown(pointer, "host", url, self.file.hosts.keys());
                }
            }
        }
    }

    fn rule(&mut self, pointer: &str, rule: &str) {
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

    fn control_that_judges(&mut self, pointer: &str, judged: &str) {
        self.say(
            &format!("{pointer}/control"),
            format!(
                "a control says that the right thing succeeds, and `{judged}` judges more than that: put it into an expectation of its own, which a defect can break"
            ),
        );
    }

    fn expectation(&mut self, pointer: &str, expectation: &Expectation) {
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

    fn templates(&mut self, pointer: &mut String, value: &Value) {
        let length = pointer.len();
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.templates(pointer, item);
                    pointer.truncate(length);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.template(pointer, name);
                    pointer.push('/');
                    pointer.push_str(&yaml::escape(name));
                    self.templates(pointer, member);
                    pointer.truncate(length);
                }
            }
            Value::String(text) => self.template(pointer, text),
            _ => {}
        }
    }

    /// The names in one text.
    fn template(&mut self, pointer: &str, text: &str) {
        if !text.contains("$(") {
            return;
        }
        for name in template::names(&Value::from(text)) {
            let root = name.split('.').next().unwrap_or_default();
            let is_known = TEMPLATE_ROOTS.contains(&root)
                || root.starts_with("fresh-")
                || self.releases.contains(root)
                || self.file.hosts.contains_key(root)
                || self.file.given.contains_key(root)
                || root == "manifest-reader";
            let of_case = self.file.given.contains_key(root) || self.file.hosts.contains_key(root);
            let member = name.split_once('.').map_or("", |(_, member)| member);
            let is_of_identity = matches!(member, "namespace" | "token");
            if of_case && TEMPLATE_ROOTS.contains(&root) && !is_of_identity {
                self.found.push((
                    pointer.to_owned(),
                    format!("$({name}) does not mean what the case calls `{root}`: every case has a `{root}` already; use another name"),
                ));
            }
            if !is_known {
                let known: Vec<&str> = TEMPLATE_ROOTS
                    .iter()
                    .copied()
                    .chain(self.releases.iter().map(String::as_str))
                    .chain(self.file.hosts.keys().map(String::as_str))
                    .collect();
                let hint = suggest::hint(root, known);
                self.found.push((
                    pointer.to_owned(),
                    format!("$({name}) means nothing here{hint}"),
                ));
            }
        }
    }
}
