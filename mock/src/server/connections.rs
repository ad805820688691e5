//! All connections of a server, within bounds of number and idleness.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::watch, task::AbortHandle, time::MissedTickBehavior};

use super::{
    activity::{Activity, Ticks},
    connection::stopped,
};

/// Open files that are left for everything but connections: listeners, fetches, and what the process has open anyway.
#[cfg(unix)]
const OTHER_FILES: u64 = 128;

/// What connections may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionLimits {
    /// How many there may be at a time.
    pub count: usize,
    /// How long one may wait for the whole head of a request, or for its client to take more of an answer.
    pub idle: Duration,
}

impl ConnectionLimits {
    /// No more than the process can open.
    pub(crate) fn within_open_files(self) -> Self {
        Self {
            count: self.count.min(openable()).max(1),
            ..self
        }
    }
}

#[cfg(unix)]
fn openable() -> usize {
    use rustix::process::{Resource, getrlimit};

    let Some(files) = getrlimit(Resource::Nofile).current else {
        return usize::MAX;
    };
    let left = files.saturating_sub(OTHER_FILES).max(files / 2);
    // A quarter for the connections of fetches.
    usize::try_from(left - left / 4).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn openable() -> usize {
    usize::MAX
}

/// All connections of a server.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: ConnectionLimits,
    began: Instant,
    ticks: Ticks,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    activity: Arc<Activity>,
    /// None while its task is being started.
    task: Option<AbortHandle>,
}

/// A place among the connections, left when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    shared: Arc<Shared>,
    number: u64,
    /// What the connection is doing.
    pub(super) activity: Arc<Activity>,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Shared {
            limits,
            began: Instant::now(),
            ticks: Ticks::default(),
            open: Mutex::default(),
        }))
    }

    /// A place for one more. Where there is none, the connection that has been waiting for its client longest has to go; none if all of
    /// them are at work.
    pub(super) fn admit(&self) -> Option<Place> {
        let is_full = self.0.lock().connections.len() >= self.0.limits.count;
        if is_full && !self.make_room() {
            return None;
        }
        let activity = Arc::new(Activity::new(self.0.ticks.clone()));
        let mut open = self.0.lock();
        let number = open.next;
        open.next += 1;
        let entry = Entry {
            activity: activity.clone(),
            task: None,
        };
        open.connections.insert(number, entry);
        Some(Place {
            shared: self.0.clone(),
            number,
            activity,
        })
    }

    /// Ends the connection that has been waiting for its client longest; whether there was one.
    pub(super) fn make_room(&self) -> bool {
        let mut open = self.0.lock();
        let longest = open
            .connections
            .iter()
            .filter(|(_, entry)| entry.task.is_some())
            .filter_map(|(number, entry)| Some((entry.activity.silent_since()?, *number)))
            .min();
        let ended = longest.and_then(|(_, number)| open.connections.remove(&number));
        drop(open);
        let task = ended.and_then(|entry| entry.task);
        task.inspect(AbortHandle::abort).is_some()
    }

    /// Says which task serves a connection.
    pub(super) fn served_by(&self, number: u64, task: AbortHandle) {
        if let Some(entry) = self.0.lock().connections.get_mut(&number) {
            entry.task = Some(task);
        }
    }

    /// Ends connections whose time is over, until the server stops.
    pub(super) async fn watch(self, mut stopping: watch::Receiver<bool>) {
        let idle = self.0.limits.idle;
        let period = (idle / 8).clamp(Duration::from_millis(5), Duration::from_secs(1));
        let mut ticks = tokio::time::interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.end_idle(idle),
                () = stopped(&mut stopping) => return,
            }
        }
    }

    fn end_idle(&self, idle: Duration) {
        let now = milliseconds(self.0.began.elapsed());
        self.0.ticks.set(now);
        let idle = milliseconds(idle);
        let mut ended = Vec::new();
        self.0.lock().connections.retain(|_, entry| {
            let since = entry.activity.idle_since();
            let is_over = since.is_some_and(|since| now.saturating_sub(since) > idle);
            if is_over && entry.task.is_some() {
                ended.extend(entry.task.take());
                return false;
            }
            true
        });
        // Outside of the lock, which what ends takes too.
        for task in ended {
            task.abort();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let entry = self.shared.lock().connections.remove(&self.number);
        drop(entry);
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
