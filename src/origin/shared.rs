use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::head::Head;
use super::inner::Inner;
use super::play::{Play, Turn};
use super::{Received, Scheme, Slot};

/// Requests that are kept of a host (and of strays).
const KEPT: usize = 200;

/// What gateways and hosts share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) started: Instant,
    pub(super) inner: Inner,
    pub(super) hosts: Mutex<HashMap<String, Arc<HostState>>>,
    strays: Mutex<Vec<Received>>,
}

/// What a gateway and a [`Host`](super::Host) know of a host.
#[derive(Debug)]
pub(super) struct HostState {
    pub(super) slot: Slot,
    pub(super) scheme: Scheme,
    pub(super) url: String,
    pub(super) play: Mutex<Play>,
    pub(super) log: Mutex<Vec<Received>>,
    /// Number of requests so far.
    pub(super) count: watch::Sender<u64>,
}

impl Shared {
    pub(super) fn new(inner: Inner) -> Self {
        Self {
            started: Instant::now(),
            inner,
            hosts: Mutex::default(),
            strays: Mutex::default(),
        }
    }

    /// Records a request and decides what it gets; nothing when it is for no host of this gateway.
    pub(super) fn receive(&self, head: &Head, slot: Slot, scheme: Scheme) -> Option<Turn> {
        let received = Received {
            method: head.method.clone(),
            target: head.target.clone(),
            headers: head.headers.clone(),
            body_len: head.content_length(),
            at: self.started.elapsed(),
        };
        let host = self
            .find(head.path())
            .filter(|host| host.slot == slot && host.scheme == scheme);
        let Some(host) = host else {
            keep(&mut lock(&self.strays), received);
            return None;
        };
        // Recorded and counted before the answer, so that whoever saw the answer finds the request.
        keep(&mut lock(&host.log), received);
        let turn = lock(&host.play).turn(head, &host.url);
        host.count.send_modify(|count| *count += 1);
        Some(turn)
    }

    pub(super) fn strays(&self) -> Vec<Received> {
        lock(&self.strays).clone()
    }

    /// The host of a path: what follows a segment `h` (a public URL may have a path before it).
    fn find(&self, path: &str) -> Option<Arc<HostState>> {
        let hosts = lock(&self.hosts);
        let mut segments = path.split('/').skip_while(|segment| *segment != "h");
        std::iter::from_fn(|| segments.next()).find_map(|segment| hosts.get(segment).cloned())
    }
}

fn keep(log: &mut Vec<Received>, received: Received) {
    if log.len() < KEPT {
        log.push(received);
    }
}

/// A panic elsewhere leaves no half-done change behind any of these locks.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
