//! What names an attempt in URLs that nobody can guess.

/// 16 octets, 32 hex digits in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Secret([u8; 16]);

/// Those of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Secrets {
    /// In the URL of uploads.
    pub(super) upload: Secret,
    /// In the URL of the status.
    pub(super) status: Secret,
}

impl Secret {
    pub(super) fn new(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// Half of it, which tells attempts apart as well as all of it, in half the memory. Whether a secret is the right one all of it says.
    pub(super) fn half(self) -> u64 {
        let (half, _) = self.0.split_first_chunk().unwrap_or((&[0; 8], &[]));
        u64::from_le_bytes(*half)
    }

    /// Reads it from a URL, where it is written in one way alone.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let mut octets = [0; 16];
        hex::decode_to_slice(text, &mut octets).ok()?;
        Some(Self(octets)).filter(|secret| secret.to_text() == text)
    }

    /// As it stands in a URL.
    pub(super) fn to_text(self) -> String {
        hex::encode(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_in_one_way_alone() {
        let text = "00ff0a0b0c0d0e0f1011121314151617";
        assert_eq!(Secret::of_text(text).unwrap().to_text(), text);
        for other in [
            "",
            "1",
            &text.to_uppercase(),
            &text[1..],
            &text.replace('f', "g"),
        ] {
            assert_eq!(Secret::of_text(other), None, "{other}");
        }
    }
}
