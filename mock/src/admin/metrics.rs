//! `GET __admin/metrics`.

use std::sync::Arc;

use http::StatusCode;

use crate::{
    metrics::{CONTENT_TYPE, Exposition, Gauges},
    registry::Status,
    reply::Reply,
    session::Session,
};

use super::dispatch::Control;

const STATUSES: [Status; 5] = [
    Status::Pending,
    Status::Processing,
    Status::Published,
    Status::Failed,
    Status::Expired,
];

/// The numbers of a session; at the server's own control, those of the whole server.
pub(super) fn show(control: &Control<'_>) -> Reply {
    let mut gauges = Gauges {
        releases: STATUSES.iter().map(|status| (status.name(), 0)).collect(),
        ..Gauges::default()
    };
    measure(control.session, &mut gauges);
    let metrics = &control.session.metrics;
    let counters = if control.of_server {
        let others = control.sessions.list();
        gauges.sessions = others.len();
        gauges.sessions_made = control.sessions.made();
        for (_, session) in others {
            measure(&session, &mut gauges);
        }
        metrics.server()
    } else {
        metrics.own()
    };
    let text = Exposition::new(counters, &gauges).into_text();
    Reply::with_body(StatusCode::OK, CONTENT_TYPE, text)
}

fn measure(session: &Arc<Session>, gauges: &mut Gauges) {
    let (statuses, stored) = session.registry().census(session.now());
    for (status, count) in &mut gauges.releases {
        *count += statuses.iter().filter(|own| own.name() == *status).count();
    }
    gauges.stored_bytes += stored;
    let (entries, bytes, dropped) = session.journal.size();
    gauges.journal_entries += entries;
    gauges.journal_bytes += bytes;
    gauges.journal_dropped += dropped;
}
