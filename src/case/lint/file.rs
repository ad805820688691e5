//! What a schema can not see in a case file: names that mean nothing, and steps that judge nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::case::action::{AddSources, Received, SourceSpec};
use crate::case::content_names::ContentNames;
use crate::case::host_spec::{BehaviourSpec, HostSpec};
use crate::case::model::{CaseFile, SkipUnless, Step};
use crate::case::one_or_many::OneOrMany;
use crate::suggest;
use crate::target::Needs;

/// Everything that is wrong, by JSON pointer.
pub(in crate::case) fn problems(file: &CaseFile, raw: &Value) -> Vec<(String, String)> {
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

pub(super) struct Lint<'a> {
    pub(super) file: &'a CaseFile,
    pub(super) found: Vec<(String, String)>,
    pub(super) releases: BTreeSet<String>,
    pub(super) steps: BTreeSet<String>,
    pub(super) rules: usize,
}

impl Lint<'_> {
    pub(super) fn say(&mut self, pointer: &str, message: impl Into<String>) {
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

    pub(super) fn needs(&mut self, pointer: &str, needs: &Value) {
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

    pub(super) fn unknown<'b>(
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
        if let Some(Received::Host(host)) = &step.received
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
                AddSources::List(sources) => sources,
                AddSources::Detailed(details) => &details.sources,
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
}
