//! Texts in one piece of memory.

use bytes::Buf;

/// Texts, one behind the other in one allocation: a journal of thousands of requests is made of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed(Box<[u8]>);

impl Packed {
    /// Packs texts of less than 4 GiB, which are gone through twice.
    pub(super) fn new<'t, T: Iterator<Item = &'t [u8]>>(texts: impl Fn() -> T) -> Self {
        let length = texts().map(|text| text.len() + 4).sum();
        let mut packed = Vec::with_capacity(length);
        for text in texts() {
            packed.extend_from_slice(&u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
            packed.extend_from_slice(text);
        }
        Self(packed.into_boxed_slice())
    }

    /// The texts, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &*self.0;
        std::iter::from_fn(move || {
            let length = usize::try_from(rest.try_get_u32_le().ok()?).ok()?;
            let (text, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(text)
        })
    }

    /// As they are packed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Texts that were packed before.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were() {
        let texts: [&[u8]; 4] = [b"a", b"", b"\xff\0", b"longer"];
        let packed = Packed::new(|| texts.iter().copied());
        assert!(packed.iter().eq(texts));
        assert!(Packed::of_bytes(packed.bytes()).iter().eq(texts));
        assert_eq!(Packed::default().iter().count(), 0);
    }
}
