//! Faults as they are written.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::{
    answer::{ContentBody, headers_json},
    selection::Phase,
};

use super::{Fault, FaultKind, FaultState, StatusFault};

impl FaultKind {
    /// What it does, as it is written.
    pub(super) fn to_json(&self) -> Value {
        let value = match self {
            Self::Status(status) => return Value::Object(status_json(status)),
            Self::Delay(duration) | Self::Stall(duration) => duration_json(*duration),
            Self::Hold(name) => json!(name),
            Self::Connection(connection) => json!(connection.name()),
            Self::Truncate(bytes) => json!(bytes),
            Self::Dribble { bytes, every } => {
                json!({"bytes": bytes, "every": duration_json(*every)})
            }
        };
        json!({self.name(): value})
    }
}

fn duration_json(duration: Duration) -> Value {
    json!(format!("{}ms", duration.as_millis()))
}

fn status_json(status: &StatusFault) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("status".to_owned(), json!(status.status.as_u16()));
    if let Some(retry_after) = &status.retry_after {
        members.insert("retry-after".to_owned(), retry_after.to_json());
    }
    if !status.headers.is_empty() {
        members.insert("headers".to_owned(), headers_json(&status.headers));
    }
    if let Some(body) = &status.body {
        let value = match body {
            ContentBody::Json(document) => document.clone(),
            ContentBody::Text(text) => json!(text),
            ContentBody::Bytes(bytes) => json!(String::from_utf8_lossy(bytes)),
        };
        members.insert("body".to_owned(), value);
    }
    members
}

impl Fault {
    /// The document that sets it.
    pub fn to_json(&self) -> Value {
        let mut document = json!({"operation": self.selector.operations_json()});
        let release = self.selector.release_json();
        if !release.is_empty() {
            document["match"] = Value::Object(release);
        }
        if let Some(when) = self.selector.when.to_json() {
            document["when"] = when;
        }
        document["phase"] = json!(Phase::name(self.phase));
        document["fault"] = self.kind.to_json();
        document
    }
}

impl FaultState {
    /// As control shows it.
    pub(crate) fn to_json(&self) -> Value {
        let mut document = json!({"id": self.id});
        if let (Value::Object(members), Value::Object(fault)) =
            (&mut document, self.fault.to_json())
        {
            members.extend(fault);
        }
        document["seen"] = json!(self.seen);
        document["applied"] = json!(self.applied);
        document["left"] = json!(self.left);
        document["consumed"] = json!(self.is_consumed());
        document
    }
}
