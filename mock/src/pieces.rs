//! Long answers that are made while they are sent: whole they would take much memory, and in one go the time of everybody else.

use bytes::Bytes;
use futures::{StreamExt, stream, stream::BoxStream};

use crate::{
    aside::aside,
    room::{NoRoom, Room},
};

/// Bytes of text after which a piece is handed over.
const PIECE: usize = 32 << 10;
/// Bytes of what a text is made of that is short enough for it to be made at once.
pub(crate) const SHORT: u64 = 64 << 10;
/// Steps after which others have their turn, though there is no text yet: one looks at about as much as that.
const STEPS: usize = 8;
/// Bytes of a piece that are no matter.
const UNHOUSED: usize = 64 << 10;

/// A long text, made bit by bit.
pub(crate) trait Pieces: Send + 'static {
    /// Whether all of it is made of no more than [`SHORT`], about.
    fn is_short(&self) -> bool;

    /// Writes what comes next, which takes some milliseconds at most; whether there is more.
    fn write(&mut self, text: &mut String) -> bool;
}

/// What is still to come of a text; an error where there is no room for it.
pub(crate) type Rest = BoxStream<'static, Result<Bytes, NoRoom>>;

/// A text as far as it is made at once.
pub(crate) enum Made {
    /// That is all of it.
    Whole(String),
    /// None of it: it is made when it is asked for.
    InPieces(Rest),
}

/// Makes a short text here, and has a long one made aside.
pub(crate) fn make(mut pieces: impl Pieces, room: &Room) -> Made {
    if pieces.is_short() {
        let mut text = String::new();
        while pieces.write(&mut text) {}
        return Made::Whole(text);
    }
    let room = room.clone();
    let rest = stream::unfold(Some(pieces), move |pieces| {
        let room = room.clone();
        async move {
            let (text, rest) = next_piece(pieces?).await;
            let piece = housed(text, &room);
            let rest = rest.filter(|_| piece.is_ok());
            Some((piece, rest))
        }
    });
    Made::InPieces(rest.boxed())
}

/// Text that is worth to be sent, and what comes after it. Much may be looked at for it: then others have their turn in between.
async fn next_piece<P: Pieces>(mut pieces: P) -> (String, Option<P>) {
    let mut text = String::new();
    loop {
        let (has_more, more, after) = aside(move || {
            for _ in 0..STEPS {
                if !pieces.write(&mut text) {
                    return (false, text, pieces);
                }
                if text.len() >= PIECE {
                    break;
                }
            }
            (true, text, pieces)
        })
        .await;
        if !has_more {
            return (more, None);
        }
        if !more.is_empty() {
            return (more, Some(after));
        }
        (text, pieces) = (more, after);
    }
}

fn housed(piece: String, room: &Room) -> Result<Bytes, NoRoom> {
    if piece.len() < UNHOUSED {
        return Ok(piece.into());
    }
    let mut held = room.nothing();
    held.grow(piece.len() as u64)?;
    Ok(held.house(piece))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        sync::{
            Arc, Mutex,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use tokio::task;

    use super::*;

    /// Finds nothing to say for many steps.
    struct Silent {
        is_short: bool,
        steps: Arc<AtomicUsize>,
        turns: Arc<Mutex<HashSet<task::Id>>>,
    }

    impl Pieces for Silent {
        fn is_short(&self) -> bool {
            self.is_short
        }

        fn write(&mut self, text: &mut String) -> bool {
            let step = self.steps.fetch_add(1, Ordering::Relaxed);
            self.turns.lock().unwrap().extend(task::try_id());
            if step == 99 {
                text.push_str("at last");
            }
            step < 99
        }
    }

    #[tokio::test]
    async fn what_is_long_is_made_aside_a_few_steps_at_a_time() {
        let (steps, turns) = (Arc::new(AtomicUsize::new(0)), Arc::default());
        let silent = |is_short| Silent {
            is_short,
            steps: steps.clone(),
            turns: Arc::clone(&turns),
        };
        let Made::InPieces(mut rest) = make(silent(false), &Room::default()) else {
            panic!("it is made at once");
        };
        assert_eq!(steps.load(Ordering::Relaxed), 0);
        let piece = rest.next().await.expect("a piece").expect("room");
        assert_eq!(
            (&piece[..], steps.load(Ordering::Relaxed)),
            (&b"at last"[..], 100)
        );
        // Each turn is a task of its own.
        assert_eq!(turns.lock().unwrap().len(), 100_usize.div_ceil(STEPS));
        assert!(rest.next().await.is_none());
        steps.store(0, Ordering::Relaxed);
        let Made::Whole(text) = make(silent(true), &Room::default()) else {
            panic!("it is made in pieces");
        };
        assert_eq!(text, "at last");
    }
}
