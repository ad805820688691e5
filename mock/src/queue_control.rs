//! What control of every ordered queue has in common: documents in, names and states out.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    handlers::Request,
    json::parse_strict,
    problem::ProblemKind,
    refusal::{Refusal, not_found},
    reply::Reply,
    selection::QueueFull,
};

/// Bytes of a document that is posted; canned answers hold content.
const LIMIT: u64 = 96 << 20;

impl From<QueueFull> for Refusal {
    fn from(error: QueueFull) -> Self {
        Self::new(ProblemKind::MalformedRequest, format!("{error}."))
    }
}

/// The JSON document that was posted, whatever its declared type.
pub(crate) async fn read_document(request: &mut Request) -> Result<Value, Refusal> {
    let body = request.read_control_body(LIMIT).await?;
    parse_strict(&body).map_err(|error| {
        Refusal::new(
            ProblemKind::MalformedRequest,
            format!("The body is not JSON: {error}."),
        )
    })
}

/// The answer to entries that were added: their names, and the state of each.
pub(crate) fn added(
    collection: &str,
    ids: &[String],
    state: impl Fn(&str) -> Option<Value>,
) -> Reply {
    let new: Vec<Value> = ids.iter().filter_map(|id| state(id)).collect();
    let mut document = json!({"ids": ids});
    if let [id] = ids {
        document["id"] = json!(id);
    }
    document[collection] = Value::Array(new);
    Reply::json(StatusCode::CREATED, &document)
}

/// The state of all entries. They may be large, and stand in memory one by one beside their text.
pub(crate) fn all(
    collection: &str,
    ids: &[String],
    state: impl Fn(&str) -> Option<Value>,
) -> Reply {
    let mut text = format!("{{\"{collection}\":[");
    for (index, state) in ids.iter().filter_map(|id| state(id)).enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&state.to_string());
    }
    text.push_str("]}");
    Reply::with_body(StatusCode::OK, "application/json", text)
}

/// The state of the entry with a name.
pub(crate) fn one(state: Option<Value>) -> Result<Reply, Refusal> {
    state
        .map(|state| Reply::json(StatusCode::OK, &state))
        .ok_or_else(not_found)
}

/// The answer to a removal.
pub(crate) fn removed(was_there: bool) -> Result<Reply, Refusal> {
    if was_there {
        Ok(Reply::empty(StatusCode::NO_CONTENT))
    } else {
        Err(not_found())
    }
}
