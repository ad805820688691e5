//! One 512-octet header block.

use super::super::ContentError;

/// Octets of a block; headers are one, data is padded to whole ones.
pub(super) const BLOCK: usize = 512;

/// The fields of a header block that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Name, with the ustar prefix before it.
    pub(super) name: Vec<u8>,
    pub(super) size: u64,
    pub(super) type_flag: u8,
}

impl Header {
    /// Reads a block that is not all zero.
    pub(super) fn parse(block: &[u8; BLOCK]) -> Result<Self, ContentError> {
        let stored = parse_number(&block[148..156]).ok_or(BAD_CHECKSUM)?;
        // The sum is taken with the checksum field itself as spaces. Some early implementations summed signed octets.
        let (mut unsigned, mut signed) = (0_u64, 0_i64);
        for (at, octet) in block.iter().enumerate() {
            let octet = if (148..156).contains(&at) {
                b' '
            } else {
                *octet
            };
            unsigned += u64::from(octet);
            signed += i64::from(octet.cast_signed());
        }
        if stored != unsigned && i64::try_from(stored) != Ok(signed) {
            return Err(BAD_CHECKSUM);
        }
        let size = parse_number(&block[124..136])
            .ok_or(ContentError::BadArchive("a size is not a number"))?;
        let mut name = until_nul(&block[..100]).to_vec();
        // In GNU's own format (`ustar` and two spaces) these octets are times.
        let prefix = until_nul(&block[345..500]);
        if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
        Ok(Self {
            name,
            size,
            type_flag: block[156],
        })
    }
}

const BAD_CHECKSUM: ContentError = ContentError::BadArchive("a header's checksum is wrong");

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|octet| *octet == 0).next().unwrap_or_default()
}

/// Octal text that ends in a space or NUL, or GNU's base 256 (highest bit set). An empty field is zero.
fn parse_number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        return rest.iter().try_fold(0_u64, |value, octet| {
            value.checked_mul(256)?.checked_add(u64::from(*octet))
        });
    }
    let text = field.trim_ascii_start();
    let digits = text
        .split(|octet| matches!(octet, 0 | b' '))
        .next()
        .unwrap_or_default();
    let rest = text.get(digits.len()..).unwrap_or_default();
    if !rest.iter().all(|octet| matches!(octet, 0 | b' ')) {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        let table: &[(&[u8], Option<u64>)] = &[
            (b"00000000017\0", Some(15)),
            (b"17 \0", Some(15)),
            (b"  17\0\0", Some(15)),
            (b"777777777777", Some(0o777_777_777_777)),
            (b"\0\0\0\0", Some(0)),
            (b"\x80\0\0\0\0\0\0\0\0\0\x01\0", Some(256)),
            (b"\x80\0\0\x01\0\0\0\0\0\0\0\0", None),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"00000000018\0", None),
            (b"-0000000001\0", None),
            (b"0x11\0", None),
            (b"17\x0017\0", None),
        ];
        for (field, expected) in table {
            assert_eq!(parse_number(field), *expected, "{field:?}");
        }
    }
}
