//! Sizes as people write them.

/// Text that is no size.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read {0:?} as a size such as 4096, 512 KiB, 64 MiB or 1 GB")]
pub struct SizeError(String);

/// Reads a number of bytes with an optional unit (`B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`), with or without a space between.
pub fn parse_size(text: &str) -> Result<u64, SizeError> {
    let error = || SizeError(text.to_owned());
    let trimmed = text.trim();
    let unit_at = trimmed
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(unit_at);
    let bytes_per_unit: u64 = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(error()),
    };
    let count: u64 = number.parse().map_err(|_| error())?;
    count.checked_mul(bytes_per_unit).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, expected) in [
            ("4096", Some(4096)),
            ("64 MiB", Some(64 << 20)),
            ("64MiB", Some(64 << 20)),
            ("1 GB", Some(1_000_000_000)),
            ("0", Some(0)),
            ("", None),
            ("1.5 MiB", None),
            ("-1", None),
            ("12 parsecs", None),
            ("99999999999 GiB", None),
        ] {
            assert_eq!(parse_size(text).ok(), expected, "{text:?}");
        }
    }
}
