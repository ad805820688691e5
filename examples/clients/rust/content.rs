//! Content of a release: its entries, the digest over them, and how they come to lie in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha512};
use tar::{Archive, EntryType};

use crate::failure::Failure;

pub(crate) const WASM: &str = "application/wasm";
pub(crate) const TAR: &str = "application/x-tar";
const LONGEST_PATH: usize = 65_535;

/// The octets of each entry by its path, which is octets too and need not be text; sorted, as the digest wants them.
type Entries<'a> = BTreeMap<Vec<u8>, &'a [u8]>;

/// The algorithms that are known here, by the names that manifests have for them.
#[derive(Clone, Copy)]
pub(crate) enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    const ALL: [(&str, Self); 2] = [("sha256", Self::Sha256), ("sha512", Self::Sha512)];

    fn hash(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }
}

/// Digest over the index of the content: of each entry its own digest, the length of its path, and the path.
pub(crate) fn digest(content: &[u8], media_type: &str, by: Algorithm) -> Result<String, Failure> {
    let mut index = Vec::new();
    for (path, octets) in entries(content, media_type)? {
        let length = u16::try_from(path.len()).map_err(|_| forbidden(&path))?;
        index.extend(by.hash(octets));
        index.extend(length.to_le_bytes());
        index.extend(path);
    }
    Ok(hex::encode(by.hash(&index)))
}

/// Every digest of a known algorithm has to match; one alone would be as weak as the weakest of them.
pub(crate) fn verify(content: &[u8], media_type: &str, digests: &Value) -> Result<(), Failure> {
    let mut known = false;
    for (name, algorithm) in Algorithm::ALL {
        let Some(promised) = digests.get(name) else {
            continue;
        };
        known = true;
        if *promised != digest(content, media_type, algorithm)? {
            return Err(Failure::because(format!(
                "the {name} digest is another than the manifest's"
            )));
        }
    }
    known
        .then_some(())
        .ok_or_else(|| Failure::because("the manifest has no digest by a known algorithm"))
}

fn entries<'a>(content: &'a [u8], media_type: &str) -> Result<Entries<'a>, Failure> {
    match media_type {
        WASM => Ok(BTreeMap::from([(b"component.wasm".to_vec(), content)])),
        TAR => archive_entries(content),
        other => Err(Failure::because(format!("media type {other} is not known"))),
    }
}

/// The regular files of an archive; anything but files and folders is refused.
fn archive_entries(content: &[u8]) -> Result<Entries<'_>, Failure> {
    let broken = |error| Failure::because(format!("not an archive: {error}"));
    let mut found = Entries::new();
    for entry in Archive::new(content).entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = entry.path_bytes();
        let path = path.strip_prefix(b"./").unwrap_or(&path).to_vec();
        match entry.header().entry_type() {
            // Archives from before folders had a type of their own name them so.
            EntryType::Regular if path.ends_with(b"/") && entry.header().as_bytes()[156] == 0 => {
                continue;
            }
            EntryType::Regular => {}
            EntryType::Directory | EntryType::XGlobalHeader => continue,
            // A link could point out of the folder, and sparse files grow out of nothing.
            _ => {
                return Err(Failure::because(format!(
                    "{} is not a regular file",
                    shown(&path)
                )));
            }
        }
        if let Some(extensions) = entry.pax_extensions().map_err(broken)? {
            for extension in extensions {
                if extension
                    .map_err(broken)?
                    .key_bytes()
                    .starts_with(b"GNU.sparse")
                {
                    return Err(Failure::because("sparse files are refused"));
                }
            }
        }
        check_path(&path)?;
        let octets = slice(content, entry.raw_file_position(), entry.size())
            .ok_or_else(|| Failure::because("the archive ends within an entry"))?;
        if found.insert(path.clone(), octets).is_some() {
            return Err(Failure::because(format!("{} stands twice", shown(&path))));
        }
    }
    for path in found.keys() {
        let slashes = path.iter().enumerate().filter(|(_, octet)| **octet == b'/');
        for (end, _) in slashes {
            if found.contains_key(&path[..end]) {
                return Err(Failure::because(format!(
                    "{} is both file and folder",
                    shown(&path[..end])
                )));
            }
        }
    }
    Ok(found)
}

fn slice(content: &[u8], from: u64, size: u64) -> Option<&[u8]> {
    let from = usize::try_from(from).ok()?;
    content.get(from..from.checked_add(usize::try_from(size).ok()?)?)
}

fn check_path(path: &[u8]) -> Result<(), Failure> {
    let mut segments = path.split(|octet| *octet == b'/');
    if path.len() > LONGEST_PATH
        || path.contains(&0)
        || segments.any(|segment| matches!(segment, b"" | b"." | b".."))
    {
        return Err(forbidden(path));
    }
    Ok(())
}

fn forbidden(path: &[u8]) -> Failure {
    Failure::because(format!(
        "{} is not a path that may be unpacked",
        shown(path)
    ))
}

fn shown(path: &[u8]) -> String {
    format!(
        "{:?}",
        String::from_utf8_lossy(&path[..path.len().min(100)])
    )
}

/// Writes the entries of an archive below a new folder.
pub(crate) fn unpack(archive: &[u8], folder: &Path) -> Result<(), Failure> {
    fs::create_dir(folder)?;
    for (path, octets) in archive_entries(archive)? {
        let target = folder.join(relative(path)?);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::File::create_new(target)?.write_all(octets)?;
    }
    Ok(())
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn relative(path: Vec<u8>) -> Result<PathBuf, Failure> {
    use std::os::unix::ffi::OsStringExt as _;
    Ok(std::ffi::OsString::from_vec(path).into())
}

#[cfg(not(unix))]
fn relative(_: Vec<u8>) -> Result<PathBuf, Failure> {
    // Drive letters, backslashes, streams, names of devices: more is dangerous there than is refused above.
    Err(Failure::because(
        "archives are unpacked on POSIX systems alone",
    ))
}
