//! Background work that ends with its owner.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::{AbortHandle, JoinHandle};

/// Background work that ends with its owner.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    running: Arc<Mutex<Running>>,
}

#[derive(Debug, Default)]
struct Running {
    /// None while a task is being started.
    tasks: HashMap<u64, Option<AbortHandle>>,
    next: u64,
    closed: bool,
}

/// Forgets a task when it has come to its end, in whatever way: a handle keeps all of the memory of its task.
struct Entry {
    running: Arc<Mutex<Running>>,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        // Outside of the lock: what is let go of here may be the last of a task, with work of its own to let go of.
        let handle = lock(&self.running).tasks.remove(&self.number);
        drop(handle);
    }
}

impl Tasks {
    /// Starts work. Must be called within a Tokio runtime.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let mut running = lock(&self.running);
        let number = running.next;
        running.next += 1;
        let closed = running.closed;
        running.tasks.insert(number, None);
        drop(running);
        let entry = Entry {
            running: self.running.clone(),
            number,
        };
        let handle = tokio::spawn(async move {
            let _entry = entry;
            work.await
        });
        match lock(&self.running).tasks.get_mut(&number) {
            Some(slot) if !closed => *slot = Some(handle.abort_handle()),
            // It has ended, or all work was meanwhile.
            _ => handle.abort(),
        }
        handle
    }

    /// Ends all work where it stands.
    pub(crate) fn abort_all(&self) {
        let tasks = std::mem::take(&mut lock(&self.running).tasks);
        for task in tasks.into_values().flatten() {
            task.abort();
        }
    }

    /// Ends all work, and whatever is started from now on.
    pub(crate) fn close(&self) {
        lock(&self.running).closed = true;
        self.abort_all();
    }
}

fn lock(running: &Mutex<Running>) -> MutexGuard<'_, Running> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.abort_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_come_to_its_end_is_forgotten() {
        let tasks = Tasks::default();
        for _ in 0..100 {
            tasks.spawn(async {}).await.unwrap();
        }
        let broken = tasks.spawn(async { panic!("on purpose") });
        assert!(broken.await.is_err());
        assert!(lock(&tasks.running).tasks.is_empty());

        let waiting = tasks.spawn(std::future::pending::<()>());
        tasks.close();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert!(tasks.spawn(std::future::pending::<()>()).await.is_err());
        assert!(lock(&tasks.running).tasks.is_empty());
    }
}
