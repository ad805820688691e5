//! Work that takes a while, done beside the threads that answer.

use std::{sync::LazyLock, thread};

use tokio::sync::Semaphore;

/// Bytes of a document that is read where it arrived.
const SHORT: usize = 64 << 10;

/// How much of such work there is at a time. It is for few clients, and must leave a processor to all the others.
static THREADS: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new((processors - 1).max(1))
});

/// Has work done on another thread, when its turn comes. Must be called within a Tokio runtime.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // The semaphore is never closed; without a permit there is merely more at a time.
    let permit = THREADS.acquire().await;
    let job = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(permit);
        done
    });
    match job.await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends, and all that runs on it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// Has work done on another thread if it is about so many bytes that it takes a while.
pub(crate) async fn aside_if_long<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    if bytes < SHORT {
        work()
    } else {
        aside(work).await
    }
}
