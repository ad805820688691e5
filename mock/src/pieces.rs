//! Long answers that are made while they are sent: whole they would take much memory, and in one go the time of everybody else.

use bytes::Bytes;
use futures::{StreamExt, stream, stream::BoxStream};

use crate::{
    aside::aside,
    room::{NoRoom, Room},
};

/// Bytes of text after which a piece is handed over.
const PIECE: usize = 32 << 10;
/// Bytes of a text that is short enough to be made at once, in so many steps.
const SHORT: usize = 16 << 10;
const STEPS: usize = 8;
/// Bytes of a piece that are no matter.
const UNHOUSED: usize = 64 << 10;

/// A long text, made bit by bit.
pub(crate) trait Pieces: Send + 'static {
    /// Writes what comes next, which takes some milliseconds at most; whether there is more.
    fn write(&mut self, text: &mut String) -> bool;
}

/// What is still to come of a text; an error where there is no room for it.
pub(crate) type Rest = BoxStream<'static, Result<Bytes, NoRoom>>;

/// A text as far as it is made at once.
pub(crate) enum Made {
    /// That is all of it.
    Whole(String),
    /// All of it, of which most is made when it is asked for.
    InPieces(Rest),
}

/// Makes the beginning of a text here, and has the rest made aside.
pub(crate) fn make(mut pieces: impl Pieces, room: &Room) -> Made {
    let mut beginning = String::new();
    for _ in 0..STEPS {
        if !pieces.write(&mut beginning) {
            return Made::Whole(beginning);
        }
        if beginning.len() > SHORT {
            break;
        }
    }
    let beginning = stream::iter([housed(beginning, room)]);
    let room = room.clone();
    let rest = stream::unfold(Some(pieces), move |pieces| {
        let room = room.clone();
        async move {
            let mut pieces = pieces?;
            let (text, rest) = aside(move || {
                let mut text = String::new();
                let mut has_more = true;
                while has_more && text.len() < PIECE {
                    has_more = pieces.write(&mut text);
                }
                (text, has_more.then_some(pieces))
            })
            .await;
            let piece = housed(text, &room);
            let rest = rest.filter(|_| piece.is_ok());
            Some((piece, rest))
        }
    });
    Made::InPieces(beginning.chain(rest).boxed())
}

fn housed(piece: String, room: &Room) -> Result<Bytes, NoRoom> {
    if piece.len() < UNHOUSED {
        return Ok(piece.into());
    }
    let mut held = room.nothing();
    held.grow(piece.len() as u64)?;
    Ok(held.house(piece))
}
