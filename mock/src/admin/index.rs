//! `GET __admin/`.

use serde_json::{Value, json};

use crate::{reply::Reply, session::Session};

use super::{endpoints::ENDPOINTS, reply};

pub(super) fn list(session: &Session) -> Reply {
    let base = session.links.base();
    let endpoints: Vec<Value> = ENDPOINTS
        .iter()
        .map(|endpoint| {
            json!({
                "method": endpoint.method.as_str(),
                "url": format!("{base}__admin/{}", endpoint.path),
                "what": endpoint.what,
            })
        })
        .collect();
    reply::document(&json!({"url": base, "endpoints": endpoints}))
}
