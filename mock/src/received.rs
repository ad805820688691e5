//! The bytes of an upload while they come, and as long as they are kept.

use bytes::Bytes;
#[cfg(target_os = "linux")]
use memmap2::{Advice, MmapMut};

use crate::room::Reserved;

/// Bytes that are there before they get a mapping of their own, which goes back to the system with them: what the allocator is given back
/// it may keep.
#[cfg(target_os = "linux")]
const OWN: usize = 256 << 10;
/// Bytes that come in small pages. Large ones are taken whole, so that of fewer bytes they would be a large part.
#[cfg(target_os = "linux")]
const SMALL_PAGES: usize = 8 << 20;
/// Memory that is taken first.
const FIRST: usize = 64 << 10;

/// Bytes that came so far.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// All of them, or none where they have a mapping.
    bytes: Vec<u8>,
    #[cfg(target_os = "linux")]
    mapped: Option<Mapped>,
    most: usize,
}

/// Memory, beyond the first of it in large pages where the system has them: to be given the pages of 64 MiB one by one takes as long as to
/// hash them.
#[cfg(target_os = "linux")]
#[derive(Debug)]
struct Mapped {
    memory: MmapMut,
    length: usize,
}

impl Received {
    /// Nothing yet, of so many bytes at most: those that were declared, or the limit. What does not come costs nothing.
    pub(crate) fn of(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    /// How many bytes came.
    pub(crate) fn len(&self) -> usize {
        self.as_ref().len()
    }

    /// Takes the next bytes.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        #[cfg(target_os = "linux")]
        if self.push_to_mapping(chunk) {
            return;
        }
        make_room(&mut self.bytes, chunk.len(), self.most);
        self.bytes.extend_from_slice(chunk);
    }

    /// No more come: all of them, with the room that they take.
    pub(crate) fn housed(mut self, held: Reserved) -> Bytes {
        #[cfg(target_os = "linux")]
        if let Some(mapped) = self.mapped {
            return held.house(mapped);
        }
        self.bytes.shrink_to_fit();
        held.house(self.bytes)
    }

    #[cfg(target_os = "linux")]
    fn push_to_mapping(&mut self, chunk: &[u8]) -> bool {
        if self.mapped.is_none() && self.bytes.len() >= OWN {
            self.mapped = Mapped::of(&self.bytes, self.most);
            if self.mapped.is_some() {
                self.bytes = Vec::new();
            }
        }
        let Some(mapped) = &mut self.mapped else {
            return false;
        };
        if !mapped.push(chunk) {
            // More than there should be.
            self.bytes = mapped.as_ref().to_vec();
            self.mapped = None;
        }
        self.mapped.is_some()
    }
}

impl AsRef<[u8]> for Received {
    fn as_ref(&self) -> &[u8] {
        #[cfg(target_os = "linux")]
        if let Some(mapped) = &self.mapped {
            return mapped.as_ref();
        }
        &self.bytes
    }
}

#[cfg(target_os = "linux")]
impl Mapped {
    /// With these bytes, and room for so many in all; none where there is none for more.
    fn of(bytes: &[u8], room: usize) -> Option<Self> {
        if room <= bytes.len() {
            return None;
        }
        let memory = MmapMut::map_anon(room).ok()?;
        if let Some(large) = room.checked_sub(SMALL_PAGES).filter(|large| *large > 0) {
            // Where the system has no large pages, small ones do.
            let _ = memory.advise_range(Advice::HugePage, SMALL_PAGES, large);
        }
        let mut mapped = Self { memory, length: 0 };
        mapped.push(bytes).then_some(mapped)
    }

    /// Takes bytes, if there is room for them.
    fn push(&mut self, chunk: &[u8]) -> bool {
        let room = self.memory.get_mut(self.length..);
        let Some(room) = room.and_then(|room| room.get_mut(..chunk.len())) else {
            return false;
        };
        room.copy_from_slice(chunk);
        self.length += chunk.len();
        true
    }
}

#[cfg(target_os = "linux")]
impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }
}

/// Makes room for more bytes: twice as much each time, and no more than there can be.
fn make_room(bytes: &mut Vec<u8>, more: usize, most: usize) {
    let needed = bytes.len() + more;
    if needed > bytes.capacity() {
        let doubled = (bytes.capacity() * 2).max(FIRST);
        let wanted = doubled.min(most.max(needed)).max(needed);
        bytes.reserve_exact(wanted - bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Room;

    #[cfg(not(target_os = "linux"))]
    const OWN: usize = 256 << 10;

    #[test]
    fn bytes_are_kept_in_their_order_however_many_there_should_be() {
        const ALL: usize = 20 << 20;
        let chunk: Vec<u8> = (0..700_001_u32)
            .map(|number| (number % 251) as u8)
            .collect();
        for most in [
            0,
            5,
            OWN + 1,
            ALL / 2,
            ALL - 1,
            ALL,
            ALL + 1,
            3 * ALL,
            usize::MAX,
        ] {
            let (mut received, mut expected) = (Received::of(most), Vec::new());
            while expected.len() < ALL {
                received.push(&chunk);
                expected.extend_from_slice(&chunk);
                assert_eq!(received.len(), expected.len());
            }
            let received = received.housed(Room::default().nothing());
            assert!(received == expected, "{most}");
        }
        let nothing = Received::of(100).housed(Room::default().nothing());
        assert!(nothing.is_empty());
    }
}
