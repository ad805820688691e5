//! From the path of a request to the registry that answers it.

use std::sync::Arc;

use bytes::Bytes;
use http::{Response, header};
use http_body_util::Full;
use hyper::body::Incoming;

use crate::{
    admin, answer,
    delivery::{Delivery, deliver},
    fault,
    handlers::{self, Request},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::script::{TakenOver, Takeover};

/// Under which control stands.
const ADMIN: &str = "__admin/";

/// Which of the registry's origins a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The API and its control.
    Api,
    /// Uploads only.
    Uploads,
}

/// Everything that is served.
pub(crate) struct App {
    session: Arc<Session>,
    /// Path of the base URL, with a slash at both ends.
    base_path: String,
    /// The same of the upload origin.
    upload_path: String,
}

impl App {
    /// Serves a registry below these paths, each with a slash at both ends.
    pub(crate) fn new(session: Arc<Session>, base_path: String, upload_path: String) -> Self {
        Self {
            session,
            base_path,
            upload_path,
        }
    }

    /// The registry.
    pub(crate) fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// Answers a request, or leaves what is to become of its connection.
    pub(crate) async fn serve(
        &self,
        origin: Origin,
        request: http::Request<Incoming>,
        takeover: &Takeover,
    ) -> Result<Response<Full<Bytes>>, TakenOver> {
        let mut request = Request::new(request);
        let full_path = request.path.clone();
        let root = match origin {
            Origin::Api => &self.base_path,
            Origin::Uploads => &self.upload_path,
        };
        let path = full_path.strip_prefix(root);
        let reply = match path.and_then(|path| path.strip_prefix(ADMIN)) {
            Some(control) if origin == Origin::Api => self
                .control(&mut request, control)
                .await
                .unwrap_or_else(|refusal| handlers::refused(&self.session, &refusal)),
            _ => {
                let Delivery { reply, script, .. } =
                    deliver(&self.session, origin, path, &mut request).await;
                if let Some(script) = script {
                    request.read_off().await;
                    return Err(takeover.begin(script));
                }
                reply
            }
        };
        let mut response = reply.into_response();
        if !request.drain(self.session.tasks()) {
            response
                .headers_mut()
                .insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        }
        Ok(response)
    }

    async fn control(&self, request: &mut Request, path: &str) -> Result<Reply, Refusal> {
        let reply = if let Some(answered) =
            fault::handle_control(&self.session, request, path).await
        {
            answered?
        } else if let Some(answered) = answer::handle_control(&self.session, request, path).await {
            answered?
        } else {
            admin::handle(&self.session, &request.method, path)?
        };
        Ok(reply.with_header(header::CACHE_CONTROL, "no-store"))
    }
}
