//! Records of a PAX extended header.

use super::super::ContentError;

/// What an extended header says of the entry that follows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PaxRecords {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link_path: bool,
    pub(super) size: Option<u64>,
    /// GNU keeps sparse files in records of its own.
    pub(super) sparse: bool,
}

impl PaxRecords {
    /// Reads records of the form `LENGTH KEY=VALUE\n`, where the length counts the whole record; of repeated keys the last one stands.
    pub(super) fn parse(mut data: &[u8]) -> Result<Self, ContentError> {
        let mut records = Self::default();
        while !data.is_empty() {
            let (record, rest) = split_record(data).ok_or(BAD_RECORD)?;
            let equals = record
                .iter()
                .position(|octet| *octet == b'=')
                .ok_or(BAD_RECORD)?;
            let (key, value) = (&record[..equals], &record[equals + 1..]);
            match key {
                b"path" => records.path = Some(value.to_vec()),
                b"linkpath" => records.link_path = true,
                b"size" => records.size = Some(decimal(value).ok_or(BAD_RECORD)?),
                _ if key.starts_with(b"GNU.sparse.") => records.sparse = true,
                _ => {}
            }
            data = rest;
        }
        Ok(records)
    }
}

const BAD_RECORD: ContentError = ContentError::BadArchive("an extended header is malformed");

/// Splits off the first record without its length and line end.
fn split_record(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = data.iter().position(|octet| *octet == b' ')?;
    let length = usize::try_from(decimal(&data[..space])?).ok()?;
    if length <= space + 1 {
        return None;
    }
    let (record, rest) = data.split_at_checked(length)?;
    let record = record.get(space + 1..)?.strip_suffix(b"\n")?;
    Some((record, rest))
}

fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, digit| match digit {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_by_their_length() {
        let records =
            PaxRecords::parse(b"12 path=a\nb\n9 size=7\n18 comment=a path=x\n").unwrap_err();
        assert_eq!(records, BAD_RECORD);
        let records =
            PaxRecords::parse(b"12 path=a\nb\n9 size=7\n21 comment=5 path=x\n\n").unwrap();
        assert_eq!(records.path.as_deref(), Some(&b"a\nb"[..]));
        assert_eq!(records.size, Some(7));
        assert!(!records.sparse && !records.link_path);
        let records = PaxRecords::parse(b"22 GNU.sparse.major=1\n").unwrap();
        assert!(records.sparse);
        assert_eq!(PaxRecords::parse(b"").unwrap(), PaxRecords::default());
    }

    #[test]
    fn malformed_records_are_refused() {
        let table: &[&[u8]] = &[
            b"x",
            b"0 \n",
            b"1 \n",
            b"2 \n",
            b"3 \n",
            b"4 ab\n",
            b"11 path=a\n",
            b"99999999999999999999999 path=a\n",
            b"4294967306 path=a\n",
            b"-1 path=a\n",
            b" 10 path=a\n",
            b"10 path=abc",
            b"9 size=x\n",
            b"8 size=\n",
            b"29 size=18446744073709551616\n",
            b"9 size=7\n\0\0",
        ];
        for data in table {
            assert_eq!(
                PaxRecords::parse(data),
                Err(BAD_RECORD),
                "{}",
                data.escape_ascii()
            );
        }
    }
}
