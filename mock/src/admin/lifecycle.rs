//! Whether it serves, which version it is, and its outcomes.

use serde_json::json;

use crate::{reply::Reply, session::Session};

use super::reply;

/// Version of `docs/publish-api.md`, which is what it obeys.
const PROFILE: &str = "0.1.0";

pub(super) fn health() -> Reply {
    reply::document(&json!({"status": "ok"}))
}

pub(super) fn version() -> Reply {
    reply::document(&json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "profile": PROFILE,
    }))
}

pub(super) fn process(session: &Session) -> Reply {
    let released = session.registry().process_held(session.now());
    reply::document(&json!({"released": released}))
}
