//! Bytes of many things that do not stay, one behind the other in few large pieces of memory. Each in an allocation of its own, they would
//! leave gaps between what does stay, and the memory of a registry would grow with them.

use std::collections::VecDeque;

/// Bytes of the first piece; the next are twice as large each, up to the largest.
const SMALLEST: usize = 8 << 10;
const LARGEST: usize = 256 << 10;

/// Bytes in pieces, which are reused when all that is in them was removed.
#[derive(Debug, Default)]
pub(super) struct Segments {
    pieces: VecDeque<Piece>,
    /// Number of the first piece that is there.
    first: u64,
    /// Number of the piece that the next is put into, if it has room.
    open: u64,
    /// Bytes of the last piece that was made.
    size: usize,
    /// The largest kind of piece, of which nothing is needed any more.
    spare: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Piece {
    bytes: Vec<u8>,
    /// How many things in it were not removed.
    kept: usize,
}

/// Where something is. It is there until it is removed.
#[derive(Debug)]
pub(super) struct Place {
    piece: u64,
    start: usize,
    length: usize,
}

impl Segments {
    /// Keeps the parts of something behind what is there.
    pub(super) fn put(&mut self, parts: &[&[u8]]) -> Place {
        let length = parts.iter().map(|part| part.len()).sum();
        let number = self.piece_for(length);
        let index = usize::try_from(number - self.first).unwrap_or_default();
        let mut start = 0;
        if let Some(piece) = self.pieces.get_mut(index) {
            start = piece.bytes.len();
            for part in parts {
                piece.bytes.extend_from_slice(part);
            }
            piece.kept += 1;
        }
        Place {
            piece: number,
            start,
            length,
        }
    }

    /// The piece that has room for so many bytes.
    fn piece_for(&mut self, length: usize) -> u64 {
        let next = self.first + self.pieces.len() as u64;
        let has_room = |piece: &Piece| piece.bytes.capacity() - piece.bytes.len() >= length;
        let open = self.open.checked_sub(self.first);
        let open = open.and_then(|index| self.pieces.get(usize::try_from(index).ok()?));
        if open.is_some_and(has_room) {
            return self.open;
        }
        // What is large has one of its own, or the rest of the open one would be lost.
        let is_large = length > self.size.max(SMALLEST) / 4;
        let bytes = if is_large {
            Vec::with_capacity(length)
        } else {
            self.open = next;
            self.empty()
        };
        self.pieces.push_back(Piece { bytes, kept: 0 });
        next
    }

    /// What is there.
    pub(super) fn get(&self, place: &Place) -> &[u8] {
        self.index(place)
            .and_then(|index| self.pieces.get(index))
            .and_then(|piece| {
                piece
                    .bytes
                    .get(place.start..place.start.checked_add(place.length)?)
            })
            .unwrap_or_default()
    }

    /// Gives the place up.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "nothing is to be got from the place any more"
    )]
    pub(super) fn remove(&mut self, place: Place) {
        let is_open = place.piece == self.open;
        let index = self.index(&place);
        if let Some(piece) = index.and_then(|index| self.pieces.get_mut(index)) {
            piece.kept -= 1;
            if piece.kept == 0 {
                piece.bytes.clear();
                // Those before it may stay for long.
                if !is_open {
                    let bytes = std::mem::take(&mut piece.bytes);
                    self.spare = Some(bytes).filter(|bytes| bytes.capacity() == LARGEST);
                }
            }
        }
        let is_over = |piece: &Piece| piece.kept == 0;
        while self.open != self.first && self.pieces.front().is_some_and(is_over) {
            self.pieces.pop_front();
            self.first += 1;
        }
    }

    fn index(&self, place: &Place) -> Option<usize> {
        usize::try_from(place.piece.checked_sub(self.first)?).ok()
    }

    /// Memory for the next piece that takes what is not large.
    fn empty(&mut self) -> Vec<u8> {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        self.size = (2 * self.size).clamp(SMALLEST, LARGEST);
        Vec::with_capacity(self.size)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    #[test]
    fn what_was_put_is_there_until_it_is_removed() {
        let mut segments = Segments::default();
        let mut kept: VecDeque<(Place, Vec<u8>)> = VecDeque::new();
        let mut state = 1_u64;
        for round in 0..20_000_u64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
            let length = match state >> 60 {
                0 => 0,
                1 if round % 64 == 0 => LARGEST + 1,
                2 => 20_000,
                _ => usize::try_from(state >> 54).unwrap(),
            };
            let bytes = vec![(round % 251) as u8; length];
            let (first, second) = bytes.split_at(length / 3);
            kept.push_back((segments.put(&[first, second]), bytes));
            // Now and then all of it, and not always the oldest.
            let keep = if round % 5000 == 4999 { 0 } else { 1000 };
            while kept.len() > keep {
                let index = usize::try_from(state % 3).unwrap().min(kept.len() - 1);
                let (place, bytes) = kept.remove(index).unwrap();
                assert_eq!(segments.get(&place), bytes);
                segments.remove(place);
            }
        }
        for (place, bytes) in &kept {
            assert_eq!(segments.get(place), bytes);
        }
    }

    fn memory_of(segments: &Segments) -> usize {
        let pieces = segments.pieces.iter();
        pieces.map(|piece| piece.bytes.capacity()).sum()
    }

    #[test]
    fn small_ones_between_large_ones_keep_no_memory() {
        let mut segments = Segments::default();
        let mut kept = VecDeque::new();
        let large = vec![1; LARGEST - 20];
        for round in 0..2000 {
            let bytes = if round % 2 == 0 { &large[..] } else { b"{}" };
            kept.push_back(segments.put(&[bytes]));
            if kept.len() > 60 {
                segments.remove(kept.pop_front().unwrap());
            }
        }
        let memory = memory_of(&segments);
        assert!(memory < 33 * LARGEST, "{memory}");
        while let Some(place) = kept.pop_front() {
            segments.remove(place);
        }
        let memory = memory_of(&segments);
        assert!(memory <= LARGEST, "{memory}");
    }

    #[test]
    fn memory_follows_what_is_kept() {
        let mut segments = Segments::default();
        let mut kept = VecDeque::new();
        for _ in 0..100_000 {
            kept.push_back(segments.put(&[&[7; 700], &[8; 300]]));
            if kept.len() > 2000 {
                segments.remove(kept.pop_front().unwrap());
            }
        }
        let memory = memory_of(&segments);
        assert!(memory < 2000 * 1000 + 3 * LARGEST, "{memory}");
        // Few requests take little.
        let mut few = Segments::default();
        few.put(&[b"a"]);
        assert_eq!(few.pieces[0].bytes.capacity(), SMALLEST);
    }
}
