//! A body as it comes in: its beginning is kept, and of a longer one the length and the digest as well.

use bytes::{Bytes, BytesMut};
use sha2::{Digest as _, Sha256};

use super::answer::{Answer, Whole, beyond_limit};

/// How much of a body is read, and how much of that is kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyBounds {
    /// The most octets that are read.
    pub(super) read: usize,
    /// The most octets that are kept; what is longer is known by its digest.
    pub(super) kept: usize,
}

/// What came of a body so far.
pub(super) struct Collected {
    bounds: BodyBounds,
    length: usize,
    /// The only piece so far, as it came.
    first: Bytes,
    /// All pieces that are kept, once there is more than one.
    joined: BytesMut,
    /// Of all pieces, once there is more than is kept.
    digest: Option<Sha256>,
}

impl Collected {
    pub(super) fn new(bounds: BodyBounds) -> Self {
        Self {
            bounds,
            length: 0,
            first: Bytes::new(),
            joined: BytesMut::new(),
            digest: None,
        }
    }

    /// How many octets may still come.
    pub(super) fn room(&self) -> usize {
        self.bounds.read.saturating_sub(self.length)
    }

    /// Takes octets in, as many as there is room for; whether that is all of them.
    pub(super) fn push(&mut self, octets: &Bytes) -> bool {
        let taken = octets.len().min(self.room());
        let is_all = taken == octets.len();
        if taken > 0 {
            self.take(octets.slice(..taken));
        }
        is_all
    }

    fn take(&mut self, octets: Bytes) {
        let before = self.length;
        self.length += octets.len();
        let is_first = before == 0 && self.length <= self.bounds.kept;
        if is_first {
            self.first = octets;
            return;
        }
        if self.length > self.bounds.kept {
            let kept = [&self.first[..], &self.joined[..]];
            let kept = if self.joined.is_empty() {
                kept[0]
            } else {
                kept[1]
            };
            self.digest
                .get_or_insert_with(|| Sha256::new_with_prefix(kept))
                .update(&octets);
        }
        let kept = octets.len().min(self.bounds.kept.saturating_sub(before));
        if kept > 0 {
            if self.joined.is_empty() {
                self.joined.extend_from_slice(&self.first);
            }
            self.joined.extend_from_slice(&octets[..kept]);
        }
    }

    /// Makes it the body of an answer.
    pub(super) fn finish(self, answer: &mut Answer) {
        answer.body = if self.joined.is_empty() {
            self.first
        } else {
            self.joined.freeze()
        };
        answer.whole = self.digest.map(|digest| Whole {
            octets: self.length,
            sha256: digest.finalize().into(),
        });
    }

    /// Notes on the answer that more came than is read.
    pub(super) fn overflows(&self, answer: &mut Answer) {
        answer.truncated_by_us = true;
        answer.trouble = Some(beyond_limit(self.bounds.read));
    }
}
