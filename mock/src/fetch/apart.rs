//! Where fetches run: on threads of their own. A host that sends what is no answer yet (interim answers, digits of a chunk's size) as fast as
//! it is read keeps the HTTP library busy until it stops; that is nothing for the threads that answer clients, nor for those that watch the time.

use std::{future::Future, panic, sync::LazyLock};

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

/// One for the process, made when something is first fetched; none where there can be no more threads.
static RUNTIME: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("fetch")
        .enable_all()
        .build()
        .ok()
});

/// A task that nobody needs any more when nobody waits for it.
struct Waited<T>(JoinHandle<T>);

impl<T> Drop for Waited<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Has a future run there; it ends when this one is dropped.
pub(super) async fn apart<T: Send + 'static>(
    future: impl Future<Output = T> + Send + 'static,
) -> T {
    let Some(runtime) = &*RUNTIME else {
        return future.await;
    };
    let mut task = Waited(runtime.spawn(future));
    match (&mut task.0).await {
        Ok(output) => output,
        Err(failed) => match failed.try_into_panic() {
            Ok(payload) => panic::resume_unwind(payload),
            // Nobody else ends it.
            Err(_) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thread that is kept busy there is none that answers.
    #[tokio::test]
    async fn fetches_run_on_threads_of_their_own() {
        let name = apart(async { std::thread::current().name().map(str::to_owned) }).await;
        assert_eq!(name.as_deref(), Some("fetch"));
    }

    #[tokio::test]
    async fn a_fetch_ends_with_whoever_waits_for_it() {
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let fetch = apart(async move {
            std::future::pending::<()>().await;
            drop(sender);
        });
        let mut fetch = Box::pin(fetch);
        assert!(futures::poll!(&mut fetch).is_pending());
        drop(fetch);
        assert!(receiver.await.is_err());
    }
}
