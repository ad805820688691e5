//! From the path of a request to the registry that answers it.

use std::{convert::Infallible, sync::Arc};

use bytes::Bytes;
use http::{Response, header};
use http_body_util::Full;
use hyper::body::Incoming;

use crate::{
    admin,
    handlers::{self, Request},
    session::Session,
};

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

    /// Answers a request.
    pub(crate) async fn serve(
        &self,
        origin: Origin,
        request: http::Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let mut request = Request::new(request);
        let full_path = request.path.clone();
        let reply = match origin {
            Origin::Uploads => {
                let path = full_path.strip_prefix(&self.upload_path);
                handlers::handle_upload_origin(&self.session, path, &mut request).await
            }
            Origin::Api => match full_path.strip_prefix(&self.base_path) {
                Some(path) => match path.strip_prefix(ADMIN) {
                    Some(control) => match admin::handle(&self.session, &request.method, control) {
                        Ok(reply) => reply,
                        Err(refusal) => handlers::refused(&self.session, &refusal),
                    },
                    None => handlers::handle(&self.session, Some(path), &mut request).await,
                },
                None => handlers::handle(&self.session, None, &mut request).await,
            },
        };
        let mut response = reply.into_response();
        if !request.drain(self.session.tasks()) {
            response
                .headers_mut()
                .insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}
