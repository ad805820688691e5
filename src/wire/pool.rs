use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::connection::{Authority, Connection};

/// A server may close an idle connection at any time; the shorter it is kept, the rarer the two cross.
const KEPT: Duration = Duration::from_secs(2);
/// Idle connections to one authority.
const MOST: usize = 16;

/// Idle connections, for requests that may be sent again if the connection turns out to be gone.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<HashMap<Authority, Vec<(Connection, Instant)>>>,
}

impl Pool {
    pub(super) fn take(&self, authority: &Authority) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(authority)?;
        while let Some((mut connection, since)) = connections.pop() {
            if since.elapsed() < KEPT && connection.is_quiet() {
                return Some(connection);
            }
        }
        None
    }

    pub(super) fn put(&self, authority: Authority, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.entry(authority).or_default();
        connections.retain(|(_, since)| since.elapsed() < KEPT);
        if connections.len() < MOST {
            connections.push((connection, Instant::now()));
        }
    }
}
