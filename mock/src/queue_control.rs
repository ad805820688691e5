//! What control of every ordered queue has in common: documents in, names and states out.

use std::{collections::VecDeque, sync::Arc};

use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    aside::aside_if_long,
    handlers::Request,
    json::parse_strict,
    pieces::Pieces,
    problem::ProblemKind,
    refusal::{Refusal, not_found},
    reply::Reply,
    room::Reserved,
    selection::QueueFull,
    session::Session,
};

/// Bytes of text that are written at a time.
const PIECE: usize = 16 << 10;
/// Bytes of a document that is posted; canned answers hold content.
const LIMIT: u64 = 96 << 20;

impl From<QueueFull> for Refusal {
    fn from(error: QueueFull) -> Self {
        Self::new(ProblemKind::MalformedRequest, format!("{error}."))
    }
}

/// Has a JSON document that was posted, whatever its declared type, read and taken in; a long one aside.
pub(crate) async fn post<T: Send + 'static>(
    session: &Arc<Session>,
    request: &mut Request,
    take: impl FnOnce(&Session, Value, Reserved) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let body = request.read_control_body(LIMIT).await?;
    let held = request.take_held();
    let session = session.clone();
    aside_if_long(body.len(), move || {
        let document = parse_strict(&body).map_err(|error| {
            Refusal::new(
                ProblemKind::MalformedRequest,
                format!("The body is not JSON: {error}."),
            )
        })?;
        // What it says is in the document, and both may be large.
        drop(body);
        take(&session, document, held)
    })
    .await
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

/// The states of all entries as text, one at a time, for they may be large.
pub(crate) struct StatesText<S> {
    is_short: bool,
    collection: &'static str,
    ids: VecDeque<String>,
    state: S,
    has_begun: bool,
}

impl<S: Fn(&str) -> Option<Value>> StatesText<S> {
    /// The states of these entries.
    pub(crate) fn new(
        collection: &'static str,
        ids: Vec<String>,
        is_short: bool,
        state: S,
    ) -> Self {
        Self {
            is_short,
            collection,
            ids: ids.into(),
            state,
            has_begun: false,
        }
    }
}

impl<S: Fn(&str) -> Option<Value> + Send + 'static> Pieces for StatesText<S> {
    fn is_short(&self) -> bool {
        self.is_short
    }

    fn write(&mut self, text: &mut String) -> bool {
        let mut before = if self.has_begun { "," } else { "" };
        if !std::mem::replace(&mut self.has_begun, true) {
            for part in ["{\"", self.collection, "\":["] {
                text.push_str(part);
            }
        }
        let begin = text.len();
        while let Some(id) = self.ids.pop_front() {
            if let Some(state) = (self.state)(&id) {
                text.push_str(before);
                text.push_str(&state.to_string());
                before = ",";
            }
            if text.len() - begin > PIECE {
                break;
            }
        }
        if self.ids.is_empty() {
            text.push_str("]}");
        }
        !self.ids.is_empty()
    }
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
