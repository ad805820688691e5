//! Where threads wait to be told. Each thread that wakes takes the processor from the cases, so those who wait are woken for several
//! results together.

use std::any::Any;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;

/// How long a result may stand before who waits for it is woken; too short for a reader of lines to see.
const TOGETHER: Duration = Duration::from_millis(10);

/// A result, or the panic in its place.
pub(super) type Told<T> = Result<T, Box<dyn Any + Send>>;

/// Results, each for one thread.
pub(super) struct Board<T> {
    state: Mutex<State<T>>,
    bell: Condvar,
    handle: Handle,
}

struct State<T> {
    results: Vec<Option<Told<T>>>,
    /// How many have not come yet.
    awaited: usize,
    will_ring: bool,
}

/// The duty to give one result. Dropped before, it gives a panic in its place.
pub(super) struct Ticket<T: Send + 'static> {
    board: Arc<Board<T>>,
    index: usize,
    is_given: bool,
}

impl<T: Send + 'static> Board<T> {
    /// A board for so many results, each with its ticket, in order. Rings on `handle`.
    pub(super) fn new(results: usize, handle: &Handle) -> (Arc<Self>, Vec<Ticket<T>>) {
        let board = Arc::new(Self {
            state: Mutex::new(State {
                results: (0..results).map(|_| None).collect(),
                awaited: results,
                will_ring: false,
            }),
            bell: Condvar::new(),
            handle: handle.clone(),
        });
        let ticket = |index| Ticket {
            board: Arc::clone(&board),
            index,
            is_given: false,
        };
        let tickets = (0..results).map(ticket).collect();
        (board, tickets)
    }

    /// Waits for the result of a ticket, for as long as the ticket is there.
    pub(super) fn wait(&self, index: usize) -> Told<T> {
        let mut state = self.lock();
        loop {
            if let Some(result) = state.results.get_mut(index).and_then(Option::take) {
                return result;
            }
            state = self
                .bell
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn put(self: &Arc<Self>, index: usize, result: Told<T>) {
        let mut state = self.lock();
        state.results[index] = Some(result);
        state.awaited -= 1;
        if state.awaited == 0 {
            self.bell.notify_all();
        } else if !std::mem::replace(&mut state.will_ring, true) {
            let board = Arc::clone(self);
            self.handle.spawn(async move {
                tokio::time::sleep(TOGETHER).await;
                board.lock().will_ring = false;
                board.bell.notify_all();
            });
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + 'static> Ticket<T> {
    pub(super) fn give(mut self, result: Told<T>) {
        self.is_given = true;
        self.board.put(self.index, result);
    }
}

impl<T: Send + 'static> Drop for Ticket<T> {
    fn drop(&mut self) {
        if !self.is_given {
            let nothing = "nothing was told of it".to_owned();
            self.board.put(self.index, Err(Box::new(nothing)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Board;

    #[test]
    fn each_waits_for_its_own() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_time()
            .build()
            .expect("a runtime");
        let (board, mut tickets) = Board::new(3, runtime.handle());
        let threads: Vec<_> = (0..3)
            .map(|index| {
                let board = Arc::clone(&board);
                std::thread::spawn(move || board.wait(index).ok())
            })
            .collect();
        let (third, second, first) = (tickets.pop(), tickets.pop(), tickets.pop());
        third.expect("a ticket").give(Ok("third"));
        // Long before the others, whom nothing is told of.
        let mut threads = threads.into_iter();
        let (one, two, three) = (threads.next(), threads.next(), threads.next());
        let join = |thread: Option<std::thread::JoinHandle<_>>| {
            thread.expect("a thread").join().expect("no panic")
        };
        assert_eq!(join(three), Some("third"));
        drop(first);
        second.expect("a ticket").give(Ok("second"));
        assert_eq!((join(one), join(two)), (None, Some("second")));
    }
}
