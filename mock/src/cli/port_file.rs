//! The file that tells the port.

use std::{fs, io, path::Path};

/// Writes the port so that a reader finds the whole of it or nothing.
pub(super) fn write(path: &Path, port: u16) -> io::Result<()> {
    let mut name = path
        .file_name()
        .ok_or(io::ErrorKind::InvalidInput)?
        .to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let unfinished = path.with_file_name(name);
    fs::write(&unfinished, format!("{port}\n"))?;
    fs::rename(&unfinished, path).inspect_err(|_| {
        // The error that matters is that of the rename.
        let _ = fs::remove_file(&unfinished);
    })
}
