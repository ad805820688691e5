//! Background work that ends with its owner.

use std::{
    future::Future,
    sync::{Mutex, PoisonError},
};

use tokio::task::{AbortHandle, JoinHandle};

/// How many handles are kept before those of finished work are let go.
const PRUNE_AT: usize = 64;

/// Background work that ends with its owner.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    running: Mutex<Vec<AbortHandle>>,
}

impl Tasks {
    /// Starts work. Must be called within a Tokio runtime.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let handle = tokio::spawn(work);
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.len() >= PRUNE_AT && running.len() == running.capacity() {
            running.retain(|task| !task.is_finished());
        }
        running.push(handle.abort_handle());
        handle
    }

    /// Ends all work where it stands.
    pub(crate) fn abort_all(&self) {
        for task in self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain(..)
        {
            task.abort();
        }
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.abort_all();
    }
}
