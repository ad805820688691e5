//! `GET __admin/metrics`.

use http::StatusCode;

use crate::{
    aside::aside,
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
pub(super) async fn show(control: &Control<'_>) -> Reply {
    let mut gauges = Gauges {
        releases: STATUSES.iter().map(|status| (status.name(), 0)).collect(),
        ..Gauges::default()
    };
    let mut sessions = vec![control.session.clone()];
    if control.of_server {
        let others = control.sessions.list();
        gauges.sessions = others.len();
        gauges.sessions_made = control.sessions.made();
        sessions.extend(others.into_iter().map(|(_, session)| session));
    }
    let gauges = aside(move || {
        for session in sessions {
            measure(&session, &mut gauges);
        }
        gauges
    })
    .await;
    let metrics = &control.session.metrics;
    let counters = if control.of_server {
        metrics.server()
    } else {
        metrics.own()
    };
    let text = Exposition::new(counters, &gauges).into_text();
    Reply::with_body(StatusCode::OK, CONTENT_TYPE, text)
}

fn measure(session: &Session, gauges: &mut Gauges) {
    let mut attempts = session.registry().ids();
    while !attempts.is_empty() {
        let now = session.now();
        session
            .registry()
            .settle_some(&mut attempts, now, |status| {
                if let Some((_, count)) =
                    (gauges.releases.iter_mut()).find(|(name, _)| *name == status.name())
                {
                    *count += 1;
                }
            });
    }
    gauges.stored_bytes += session.registry().stored_bytes();
    let (entries, bytes, dropped) = session.journal.size();
    gauges.journal_entries += entries;
    gauges.journal_bytes += bytes;
    gauges.journal_dropped += dropped;
}
