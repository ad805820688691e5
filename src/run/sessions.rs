//! A session of the mock for each case about a client.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value, json};
use url::Url;

use super::context::RunContext;
use crate::case::Case;
use crate::wire::{Body, Client, Request};

/// The client under test, and the mocks that it is run against.
#[derive(Debug, Clone)]
pub struct ClientSuite {
    /// The command, to which the operation is added.
    pub command: Vec<OsString>,
    /// Variables that it gets beside those of the interface.
    pub variables: Vec<(String, OsString)>,
    /// Base URL of a mock that takes uploads on its own origin.
    pub mock: Url,
    /// Base URL of one that takes them on another.
    pub mock_with_uploads_elsewhere: Url,
    /// How long a command may take when the case does not say.
    pub deadline: Duration,
    /// What the deadlines of cases are multiplied by.
    pub stretch: f64,
    /// How long beyond its deadline a command is left to end by itself.
    pub grace: Duration,
}

/// A session; to be closed.
pub(super) struct Session {
    control: Url,
    client: Client,
}

impl ClientSuite {
    /// Opens a session with the options of a case, and gives what the case runs in.
    pub(super) async fn open(
        &self,
        context: &RunContext,
        case: &Case,
    ) -> Result<(RunContext, Session), String> {
        let mut options: Map<String, Value> = Map::new();
        options.insert("seed".to_owned(), json!(context.seed));
        for (name, value) in &case.file.session {
            options.insert(name.clone(), value.clone());
        }
        let uploads = options.remove("uploads");
        let mock = match uploads.as_ref().and_then(Value::as_str) {
            None | Some("here") => &self.mock,
            Some("elsewhere") => &self.mock_with_uploads_elsewhere,
            Some(other) => {
                return Err(format!(
                    "session.uploads is `here` or `elsewhere`, not `{other}`"
                ));
            }
        };
        let sessions = mock
            .join("__admin/sessions")
            .map_err(|error| error.to_string())?;
        let opened = control(
            &context.client,
            "POST",
            sessions,
            Some(&Value::Object(options)),
        )
        .await?;
        let url = opened
            .get("url")
            .and_then(Value::as_str)
            .and_then(|url| Url::parse(url).ok())
            .ok_or("the mock gave no URL of the session")?;
        let id = opened.get("id").and_then(Value::as_str).unwrap_or_default();
        let control = mock
            .join(&format!("__admin/sessions/{id}"))
            .map_err(|error| error.to_string())?;
        let client = context.client.clone();
        Ok((
            context.clone().with_registry(url),
            Session { control, client },
        ))
    }
}

impl Session {
    /// Ends it, with everything in it.
    pub(super) async fn close(&self) {
        // Nothing is judged by it any more; the mock ends with the run.
        let _ = control(&self.client, "DELETE", self.control.clone(), None).await;
    }
}

/// A request for control of the mock; whatever is not 2xx is a mistake of the case or the suite.
pub(super) async fn control(
    client: &Client,
    method: &str,
    url: Url,
    body: Option<&Value>,
) -> Result<Value, String> {
    let path = url.path().to_owned();
    let mut request = Request::new("control", method, url);
    if let Some(body) = body {
        request = request.header("Content-Type", "application/json");
        request.body = Body::Bytes(body.to_string().into());
    }
    let exchange = client.send(&request).await;
    let answer = exchange
        .answer
        .map_err(|error| format!("the mock does not answer {method} {path}: {error}"))?;
    let document = answer.json().unwrap_or(&Value::Null);
    if (200..300).contains(&answer.status) {
        return Ok(document.clone());
    }
    let detail = document
        .get("detail")
        .or_else(|| document.get("title"))
        .and_then(Value::as_str)
        .unwrap_or("without a reason");
    Err(format!(
        "the mock refuses {method} {path} with {}: {detail}",
        answer.status
    ))
}

impl RunContext {
    /// For cases about a client.
    #[must_use]
    pub fn with_client_suite(mut self, suite: ClientSuite) -> Self {
        self.client_suite = Some(Arc::new(suite));
        self
    }

    /// The same against another registry.
    #[must_use]
    fn with_registry(mut self, registry: Url) -> Self {
        let mut target = (*self.target).clone();
        target.registry = registry;
        self.target = Arc::new(target);
        self
    }
}
