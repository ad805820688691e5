//! The room that answers take while clients are slow to take them.

use crate::{answer::Content, handlers, reply::Reply, session::Session};

/// Bytes of an answer that are no matter.
const UNHOUSED: usize = 64 << 10;

/// An answer, with the room for its body: a client that is slow to take it has it kept for so long.
pub(crate) fn housed(session: &Session, reply: Reply) -> Reply {
    if reply.is_shared || reply.body.len() < UNHOUSED {
        return reply;
    }
    let mut held = session.room.nothing();
    match held.grow(reply.body.len() as u64) {
        Ok(()) => Reply {
            body: held.house(reply.body),
            is_shared: true,
            ..reply
        },
        Err(no_room) => handlers::refused(session, &no_room.into()),
    }
}

/// A canned answer, for which there is room before it is made.
pub(crate) fn canned(session: &Session, content: &Content) -> Reply {
    let size = content.made_size();
    if size < UNHOUSED {
        return content.reply(&session.links);
    }
    let mut held = session.room.nothing();
    match held.grow(size as u64) {
        Ok(()) => {
            let reply = content.reply(&session.links);
            held.set(reply.body.len() as u64);
            Reply {
                body: held.house(reply.body),
                is_shared: true,
                ..reply
            }
        }
        Err(no_room) => handlers::refused(session, &no_room.into()),
    }
}
