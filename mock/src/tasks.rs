//! Background work that ends with its owner.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::task::{AbortHandle, JoinHandle};

/// How many handles are kept before those of finished work are let go.
const PRUNE_AT: usize = 64;

/// Background work that ends with its owner.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    running: Mutex<Running>,
}

#[derive(Debug, Default)]
struct Running {
    tasks: Vec<AbortHandle>,
    closed: bool,
}

impl Tasks {
    /// Starts work. Must be called within a Tokio runtime.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let handle = tokio::spawn(work);
        let mut running = self.lock();
        if running.closed {
            handle.abort();
            return handle;
        }
        let tasks = &mut running.tasks;
        if tasks.len() >= PRUNE_AT && tasks.len() == tasks.capacity() {
            tasks.retain(|task| !task.is_finished());
        }
        tasks.push(handle.abort_handle());
        handle
    }

    /// Ends all work where it stands.
    pub(crate) fn abort_all(&self) {
        for task in self.lock().tasks.drain(..) {
            task.abort();
        }
    }

    /// Ends all work, and whatever is started from now on.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.abort_all();
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.abort_all();
    }
}
