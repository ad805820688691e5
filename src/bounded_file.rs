//! Files that somebody names, and that may be anything: `/dev/zero` has no end.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

/// The octets of a file of no more than `limit`; a longer one is an error.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut octets = Vec::new();
    File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut octets)?;
    if u64::try_from(octets.len()).unwrap_or(u64::MAX) > limit {
        return Err(Error::new(
            ErrorKind::FileTooLarge,
            format!("it is longer than {limit} octets"),
        ));
    }
    Ok(octets)
}

/// The same of a text, which has to be UTF-8.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}
