//! `GET __admin/openapi.json`.

use http::StatusCode;

use crate::reply::Reply;

/// `OpenAPI` 3.1 description of the Publish API and of control.
pub(crate) const DOCUMENT: &str = include_str!("../openapi.json");

pub(super) fn document() -> Reply {
    Reply::with_body(StatusCode::OK, "application/json", DOCUMENT)
}
