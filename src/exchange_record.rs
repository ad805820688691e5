//! Exchanges as reports show them.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// What is shown of a request or an answer, kept as the JSON text that it is: a run has tens of thousands of them, and trees of values
/// take many times the memory of their text. Clones share it.
#[derive(Debug, Clone)]
// In a box of its own: the text would be copied to stand beside its count.
pub struct Message(Arc<Box<RawValue>>);

impl Message {
    /// Of what is shown.
    pub fn new(shown: &impl Serialize) -> Self {
        to_raw_value(shown).map_or_else(|_| Self::none(), |text| Self(Arc::new(text)))
    }

    /// Of a step that sends nothing, or of an answer that is not looked for.
    pub fn none() -> Self {
        Self(Arc::new(RawValue::NULL.to_owned()))
    }

    /// As a value.
    pub fn value(&self) -> Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// Octets of its text.
    pub fn size(&self) -> usize {
        self.0.get().len()
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for Message {}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|text| Self(Arc::new(text)))
    }
}

/// An exchange as reports show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExchangeRecord {
    /// The request.
    pub request: Message,
    /// The answer, if one came.
    pub response: Option<Message>,
    /// Why none came.
    pub error: Option<String>,
    /// A line that repeats the request.
    pub curl: Option<String>,
    /// When it began, in milliseconds since the case did.
    pub at_ms: Option<u64>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What the mock did to it on purpose.
    pub fault: Option<Value>,
}

impl ExchangeRecord {
    /// Of an object with the members that the fields are named after; `error` and `curl` are texts, times may be fractions.
    pub fn of_value(shown: &Value) -> Self {
        let member = |name: &str| shown.get(name).filter(|member| !member.is_null());
        let text = |name: &str| member(name)?.as_str().map(str::to_owned);
        let time = |name: &str| member(name)?.as_f64().map(whole);
        Self {
            request: member("request").map_or_else(Message::none, Message::new),
            response: member("response").map(Message::new),
            error: text("error"),
            curl: text("curl"),
            at_ms: time("at_ms"),
            duration_ms: time("duration_ms").unwrap_or_default(),
            fault: member("fault").cloned(),
        }
    }

    /// Who was asked what, and what came of it: without header fields and bodies, and with `brief` in the request as a sign of that.
    #[must_use]
    pub fn in_brief(&self) -> Self {
        let brief = |message: &Message| {
            let mut value = message.value();
            if let Some(members) = value.as_object_mut() {
                members.retain(|name, _| {
                    matches!(
                        name.as_str(),
                        "method" | "url" | "status" | "reason" | "trouble"
                    )
                });
            }
            value
        };
        let mut request = brief(&self.request);
        if let Some(members) = request.as_object_mut() {
            members.insert("brief".to_owned(), true.into());
        }
        Self {
            request: Message::new(&request),
            response: self
                .response
                .as_ref()
                .map(|response| Message::new(&brief(response))),
            curl: None,
            ..self.clone()
        }
    }

    /// Octets that it takes.
    pub fn size(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.request.size()
            + self.response.as_ref().map_or(0, Message::size)
            + text(&self.error)
            + text(&self.curl)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a duration in milliseconds, never negative, and a fraction of one does not matter"
)]
fn whole(milliseconds: f64) -> u64 {
    milliseconds.max(0.0) as u64
}
