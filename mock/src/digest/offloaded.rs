//! SHA-256 of a body that is on its way: once it has become long, another thread hashes what has come while more of it comes.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError},
    thread,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Bytes that are hashed where they arrive: of a short body, to hand them over would cost more than it saves.
const SHORT: u64 = 1 << 20;
/// So do chunks that are smaller than this. They come from clients that are slower than the hash.
const SMALL: usize = 16 << 10;
/// Bytes that may wait for the other thread.
const WAITING: usize = 512 << 10;

/// How many bodies have a thread beside them at a time. More threads than processors would only take time from those that answer.
static THREADS: LazyLock<Semaphore> = LazyLock::new(|| {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new(processors - 1)
});

/// A SHA-256 in progress.
#[derive(Debug)]
pub(crate) struct OffloadedSha256 {
    length: u64,
    work: Work,
}

#[derive(Debug)]
enum Work {
    /// No other thread has had anything to do with it.
    Here(Sha256),
    Shared(Arc<Shared>),
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The hash is back, for those who can wait for it and for those who can not.
    changed: Notify,
    changed_now: Condvar,
}

#[derive(Debug)]
struct State {
    /// None while another thread is hashing.
    hasher: Option<Sha256>,
    /// What is to be hashed next.
    waiting: VecDeque<Bytes>,
    waiting_bytes: usize,
    /// Whether there is a thread, or will be, that takes what waits.
    is_worked_on: bool,
}

impl OffloadedSha256 {
    /// The hash of these bytes so far.
    pub(crate) fn of(first: &[u8]) -> Self {
        Self {
            length: first.len() as u64,
            work: Work::Here(Sha256::new_with_prefix(first)),
        }
    }

    /// Takes the next bytes. Cancelled while it waits, it has taken them. Must be called within a Tokio runtime.
    pub(crate) async fn write(&mut self, chunk: Bytes) {
        self.length += chunk.len() as u64;
        if let Work::Here(hasher) = &mut self.work {
            if self.length <= SHORT {
                hasher.update(&chunk);
                return;
            }
            self.work = Work::Shared(Arc::new(Shared::of(std::mem::take(hasher))));
        }
        if let Work::Shared(shared) = &self.work {
            shared.add(chunk);
            shared.drained_to(WAITING).await;
        }
    }

    /// Waits for what another thread is about to do, so that nobody has to wait who can not.
    pub(crate) async fn settle(&self) {
        if let Work::Shared(shared) = &self.work {
            shared.drained_to(0).await;
        }
    }

    /// The digest of all bytes so far.
    pub(crate) fn digest(&self) -> [u8; 32] {
        match &self.work {
            Work::Here(hasher) => hasher.clone().finalize().into(),
            Work::Shared(shared) => shared.digest(),
        }
    }
}

impl Shared {
    fn of(hasher: Sha256) -> Self {
        Self {
            state: Mutex::new(State {
                hasher: Some(hasher),
                waiting: VecDeque::new(),
                waiting_bytes: 0,
                is_worked_on: false,
            }),
            changed: Notify::new(),
            changed_now: Condvar::new(),
        }
    }

    fn add(self: &Arc<Self>, chunk: Bytes) {
        let is_small = chunk.len() < SMALL;
        let mut state = self.lock();
        state.waiting_bytes += chunk.len();
        state.waiting.push_back(chunk);
        if state.is_worked_on {
            return;
        }
        let permit = THREADS.try_acquire().ok().filter(|_| !is_small);
        state.is_worked_on = permit.is_some();
        drop(state);
        match permit {
            None => {
                self.help();
            }
            Some(permit) => {
                let shared = self.clone();
                drop(tokio::task::spawn_blocking(move || {
                    shared.work_off(&permit);
                }));
            }
        }
    }

    /// On another thread: hashes what waits until there is no more of it.
    fn work_off(&self, _permit: &SemaphorePermit<'static>) {
        let next = || {
            let mut state = self.lock();
            let taken = state.take();
            state.is_worked_on = taken.is_some();
            taken
        };
        while let Some(taken) = next() {
            self.hash(taken);
        }
    }

    /// Does on this thread what no other has begun with, which all threads may be kept from; whether nothing is left then.
    fn help(&self) -> bool {
        let mut state = self.lock();
        if state.hasher.is_none() {
            return false;
        }
        let taken = state.take();
        drop(state);
        if let Some(taken) = taken {
            self.hash(taken);
        }
        true
    }

    fn hash(&self, (mut hasher, chunks): (Sha256, VecDeque<Bytes>)) {
        for chunk in chunks {
            hasher.update(&chunk);
        }
        self.lock().hasher = Some(hasher);
        self.changed.notify_one();
        self.changed_now.notify_all();
    }

    async fn drained_to(&self, bytes: usize) {
        while self.lock().waiting_bytes > bytes || bytes == 0 {
            if self.help() {
                return;
            }
            self.changed.notified().await;
        }
    }

    fn digest(&self) -> [u8; 32] {
        loop {
            self.help();
            let mut state = self.lock();
            match &state.hasher {
                Some(hasher) if state.waiting.is_empty() => {
                    return hasher.clone().finalize().into();
                }
                Some(_) => {}
                None => {
                    state = (self.changed_now)
                        .wait(state)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
            drop(state);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What is to be hashed, with what hashes it; none where there is nothing, or somebody else has the hasher.
    fn take(&mut self) -> Option<(Sha256, VecDeque<Bytes>)> {
        if self.waiting.is_empty() {
            return None;
        }
        let hasher = self.hasher.take()?;
        self.waiting_bytes = 0;
        Some((hasher, std::mem::take(&mut self.waiting)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [usize; 6] = [1, 300_000, SMALL, 800_000, 70_000, 5];

    #[tokio::test]
    async fn the_digest_is_that_of_the_bytes_in_their_order() {
        let mut offloaded = OffloadedSha256::of(b"begun");
        let mut plain = Sha256::new_with_prefix(b"begun");
        for (number, size) in SIZES.iter().cycle().take(60).enumerate() {
            let chunk = Bytes::from(vec![u8::try_from(number).unwrap(); *size]);
            plain.update(&chunk);
            offloaded.write(chunk).await;
            // Asked for in between too, whether another thread is at work or not.
            if number % 7 == 0 {
                let so_far: [u8; 32] = plain.clone().finalize().into();
                assert_eq!(offloaded.digest(), so_far);
            }
        }
        offloaded.settle().await;
        let all: [u8; 32] = plain.finalize().into();
        assert_eq!(offloaded.digest(), all);
    }

    #[test]
    fn threads_that_never_come_are_not_waited_for() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let (free, taken) = std::sync::mpsc::channel::<()>();
        runtime.spawn_blocking(move || taken.recv());
        let chunk = Bytes::from(vec![7; 900_000]);
        let digest = runtime.block_on(async {
            let mut offloaded = OffloadedSha256::of(&[]);
            for _ in 0..5 {
                offloaded.write(chunk.clone()).await;
            }
            offloaded.settle().await;
            offloaded.digest()
        });
        let all: [u8; 32] = Sha256::digest(chunk.repeat(5)).into();
        assert_eq!(digest, all);
        drop(free);
    }
}
