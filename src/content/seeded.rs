use bytes::Bytes;
use sha2::{Digest, Sha256};

/// An endless stream of bytes that a seed and a label fix for ever.
///
/// The stream is SHA-256 in counter mode: block `i` is `sha256(seed as u64 LE || label length as u64 LE || label || i
/// as u64 LE)`. The generators of the `rand` crate may change their output between versions; content whose
/// digest somebody wrote down must not.
#[derive(Debug, Clone)]
pub struct SeededBytes {
    prefix: Sha256,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl SeededBytes {
    /// A stream of its own for each pair of seed and label.
    pub fn new(seed: u64, label: &str) -> Self {
        let mut prefix = Sha256::new();
        prefix.update(seed.to_le_bytes());
        prefix.update((label.len() as u64).to_le_bytes());
        prefix.update(label.as_bytes());
        Self {
            prefix,
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    /// Fills `target` with the next bytes of the stream.
    pub fn fill(&mut self, target: &mut [u8]) {
        let mut filled = 0;
        while filled < target.len() {
            if self.used == self.block.len() {
                let mut hasher = self.prefix.clone();
                hasher.update(self.counter.to_le_bytes());
                self.block = hasher.finalize().into();
                self.counter += 1;
                self.used = 0;
            }
            let count = (target.len() - filled).min(self.block.len() - self.used);
            target[filled..filled + count]
                .copy_from_slice(&self.block[self.used..self.used + count]);
            filled += count;
            self.used += count;
        }
    }

    /// The next `length` bytes of the stream.
    pub fn bytes(&mut self, length: usize) -> Bytes {
        let mut buffer = vec![0; length];
        self.fill(&mut buffer);
        buffer.into()
    }

    /// The next eight bytes of the stream as a little-endian number.
    pub fn next_u64(&mut self) -> u64 {
        let mut buffer = [0; 8];
        self.fill(&mut buffer);
        u64::from_le_bytes(buffer)
    }

    /// A number in `0..bound`, or 0 for a bound of 0. Good enough to choose positions, not for statistics (a bound
    /// that does not divide 2^64 is very slightly uneven).
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }
}
