//! What a client must not touch: a folder that a case can name, and the files that the client is given.

use std::path::{Path, PathBuf};

const KEPT: &str = "kept.txt";
const TEXT: &str = "Nothing that a client unpacks changes this.\n";

/// A folder that is no client's, with one file in it; `$(outside.path)`.
pub(super) struct Outside {
    /// Removed with everything in it.
    folder: tempfile::TempDir,
}

impl Outside {
    pub(super) fn new() -> std::io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("conformance-outside-")
            .tempdir()?;
        std::fs::write(folder.path().join(KEPT), TEXT)?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What has come into the folder, and its file if it is not as it was.
    pub(super) fn disturbed(&self) -> Vec<String> {
        let names = std::fs::read_dir(self.path())
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name != KEPT);
        let kept = (self.path().join(KEPT), TEXT.as_bytes().to_vec());
        names
            .map(|name| format!("{name} in another folder"))
            .chain(changed(&[kept]))
            .collect()
    }
}

/// Those of the files that are not as they were written.
pub(super) fn changed(files: &[(PathBuf, Vec<u8>)]) -> impl Iterator<Item = String> {
    files
        .iter()
        .filter(|(path, octets)| std::fs::read(path).ok().as_ref() != Some(octets))
        .filter_map(|(path, _)| Some(path.file_name()?.to_string_lossy().into_owned()))
        .map(|name| format!("{name} changed"))
}
