//! Everything that a registry holds, without secrets, as control shows it.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use serde_json::{Map, Value, json};

use crate::{
    fault::FaultState,
    pieces::{Pieces, SHORT},
    session::Session,
};

/// All of it as a value.
pub(crate) fn state(session: &Session) -> Value {
    let mut releases = Vec::new();
    let mut attempts = session.registry().ids();
    while !attempts.is_empty() {
        releases.extend(some_releases(session, &mut attempts));
    }
    let mut state = json!({"releases": releases});
    for (name, value) in before_faults(session) {
        state[name] = value;
    }
    state["faults"] = (session.faults.states().iter())
        .map(FaultState::to_json)
        .collect();
    state["holds"] = json!(session.faults.holds());
    state["answers"] = session.answers.states_json().into();
    state["processing"] = json!(session.config.processing.to_string());
    state
}

/// The next few releases, and what of the attempts is left to be looked at.
fn some_releases(session: &Session, attempts: &mut Range<u64>) -> Vec<Value> {
    let now = session.now();
    let some = session.registry().describe_some(attempts, now);
    // Rendered without the registry, which others want.
    some.iter()
        .map(|described| described.to_json(&session.links))
        .collect()
}

fn before_faults(session: &Session) -> [(&'static str, Value); 3] {
    let defects = session.config.defects.iter().map(|defect| defect.name());
    [
        ("storedBytes", json!(session.registry().stored_bytes())),
        ("seed", json!(session.oddities.seed())),
        ("defects", defects.collect()),
    ]
}

/// The same as text, a few releases at a time. What happens meanwhile may show in it or not.
pub(crate) struct StateText {
    session: Arc<Session>,
    part: Part,
    /// Whether something stands in the list that is being written.
    has_begun: bool,
}

enum Part {
    Start,
    Releases(Range<u64>),
    Faults(VecDeque<String>),
    Answers(VecDeque<String>),
    Over,
}

impl StateText {
    /// The state of this session.
    pub(crate) fn new(session: Arc<Session>) -> Self {
        Self {
            session,
            part: Part::Start,
            has_begun: false,
        }
    }

    fn item(&mut self, text: &mut String, item: &Value) {
        if std::mem::replace(&mut self.has_begun, true) {
            text.push(',');
        }
        text.push_str(&item.to_string());
    }

    /// Begins the list of a part behind this.
    fn list(&mut self, text: &mut String, before: &str, part: Part) {
        text.push_str(before);
        self.has_begun = false;
        self.part = part;
    }

    fn after_releases(&mut self, text: &mut String) {
        let before = format!("],{},\"faults\":[", members(before_faults(&self.session)));
        let ids = self.session.faults.ids().into();
        self.list(text, &before, Part::Faults(ids));
    }

    fn after_faults(&mut self, text: &mut String) {
        let holds = members([("holds", json!(self.session.faults.holds()))]);
        let ids = self.session.answers.ids().into();
        self.list(
            text,
            &format!("],{holds},\"answers\":["),
            Part::Answers(ids),
        );
    }

    fn after_answers(&mut self, text: &mut String) {
        let processing = json!(self.session.config.processing.to_string());
        text.push_str("],");
        text.push_str(&members([("processing", processing)]));
        text.push('}');
        self.part = Part::Over;
    }
}

/// Members of an object as they stand between others.
fn members(members: impl IntoIterator<Item = (&'static str, Value)>) -> String {
    let members: Map<String, Value> = members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let object = Value::Object(members).to_string();
    object[1..object.len() - 1].to_owned()
}

impl Pieces for StateText {
    fn is_short(&self) -> bool {
        let releases = self.session.registry().overhead();
        releases <= SHORT && self.session.holds_little_canned()
    }

    fn write(&mut self, text: &mut String) -> bool {
        if matches!(self.part, Part::Start) {
            let attempts = self.session.registry().ids();
            self.list(text, "{\"releases\":[", Part::Releases(attempts));
        }
        let (items, is_over) = match &mut self.part {
            Part::Start | Part::Over => (Vec::new(), false),
            Part::Releases(attempts) => {
                (some_releases(&self.session, attempts), attempts.is_empty())
            }
            Part::Faults(ids) => {
                let fault = ids
                    .pop_front()
                    .and_then(|id| self.session.faults.state(&id));
                let faults = fault.iter().map(FaultState::to_json).collect();
                (faults, ids.is_empty())
            }
            Part::Answers(ids) => {
                let answer = ids
                    .pop_front()
                    .and_then(|id| self.session.answers.state_json(&id));
                (answer.into_iter().collect(), ids.is_empty())
            }
        };
        for item in &items {
            self.item(text, item);
        }
        match &self.part {
            Part::Releases(_) if is_over => self.after_releases(text),
            Part::Faults(_) if is_over => self.after_faults(text),
            Part::Answers(_) if is_over => self.after_answers(text),
            _ => {}
        }
        !matches!(self.part, Part::Over)
    }
}
