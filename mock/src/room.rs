//! Room in memory for what is kept, and for what is on its way, of all sessions of a server together.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use crate::{problem::ProblemKind, refusal::Refusal};

/// So many bytes, shared by all who have this room.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limit: u64,
    used: AtomicU64,
}

/// All of it is taken.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("failed to find room: everything that is kept or on its way takes as much as it may")]
pub(crate) struct NoRoom;

/// A part of a room that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    room: Room,
    bytes: u64,
}

/// Bytes with the room that they take.
struct Housed<B> {
    bytes: B,
    _reserved: Reserved,
}

impl Default for Room {
    /// Room for everything.
    fn default() -> Self {
        Self::new(u64::MAX)
    }
}

impl Room {
    /// Room for so many bytes.
    pub(crate) fn new(limit: u64) -> Self {
        Self(Arc::new(Shared {
            limit,
            used: AtomicU64::new(0),
        }))
    }

    /// Nothing of it yet, to be grown.
    pub(crate) fn nothing(&self) -> Reserved {
        Reserved {
            room: self.clone(),
            bytes: 0,
        }
    }

    /// How many bytes of it are taken.
    pub(crate) fn used(&self) -> u64 {
        self.0.used.load(Ordering::Relaxed)
    }

    fn take(&self, bytes: u64) -> Result<(), NoRoom> {
        let Shared { limit, used } = &*self.0;
        let fits = |now: u64| now.checked_add(bytes).filter(|sum| sum <= limit);
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .map(drop)
            .map_err(|_| NoRoom)
    }
}

impl Reserved {
    /// Takes so many bytes more.
    pub(crate) fn grow(&mut self, bytes: u64) -> Result<(), NoRoom> {
        self.room.take(bytes)?;
        self.bytes += bytes;
        Ok(())
    }

    /// Takes so many bytes in all, whether there is room or not: for what is there already.
    pub(crate) fn set(&mut self, bytes: u64) {
        let used = &self.room.0.used;
        if bytes > self.bytes {
            used.fetch_add(bytes - self.bytes, Ordering::Relaxed);
        } else {
            used.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
        }
        self.bytes = bytes;
    }

    /// How many bytes are taken.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Gives all of it to another, and keeps nothing.
    pub(crate) fn take(&mut self) -> Self {
        let nothing = self.room.nothing();
        std::mem::replace(self, nothing)
    }

    /// Has bytes take this room for as long as anybody has a part of them.
    pub(crate) fn house(self, bytes: impl AsRef<[u8]> + Send + 'static) -> bytes::Bytes {
        bytes::Bytes::from_owner(Housed {
            bytes,
            _reserved: self,
        })
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.set(0);
    }
}

impl<B: AsRef<[u8]>> AsRef<[u8]> for Housed<B> {
    fn as_ref(&self) -> &[u8] {
        self.bytes.as_ref()
    }
}

impl From<NoRoom> for Refusal {
    fn from(_: NoRoom) -> Self {
        Self::new(
            ProblemKind::InsufficientStorage,
            "Everything that is kept or on its way takes as much room as it may (--max-storage).",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_let_go_of_is_room_again() {
        let room = Room::new(100);
        let mut first = room.nothing();
        first.grow(60).unwrap();
        let mut second = room.nothing();
        assert!(second.grow(41).is_err());
        second.grow(40).unwrap();
        assert!(second.grow(1).is_err());
        let bytes = first.take().house(vec![0; 60]);
        drop(first);
        let part = bytes.slice(..1);
        drop(bytes);
        assert!(second.grow(1).is_err());
        drop(part);
        second.grow(60).unwrap();
        second.set(500);
        assert!(room.nothing().grow(1).is_err());
        drop(second);
        room.nothing().grow(100).unwrap();
        assert!(room.nothing().grow(u64::MAX).is_err());
    }
}
