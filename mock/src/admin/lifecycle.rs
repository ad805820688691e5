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

pub(super) async fn process(session: &Session) -> Reply {
    let mut attempts = session.registry().ids();
    let mut released = 0;
    while !attempts.is_empty() {
        released += session.process_some(&mut attempts);
        // There may be many, and others who want to know something of them.
        tokio::task::yield_now().await;
    }
    reply::document(&json!({"released": released}))
}
