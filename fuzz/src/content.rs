//! Content as it travels: archives and single components, in whatever chunks, against the `tar` crate and against the harness.
//! The first octet says what the rest is.

use std::io::Read as _;

use mock_registry::{
    content::{ContentError, ContentFormat, ContentOptions, ContentReader, ContentSummary},
    digest::DigestAlgorithm,
};
use registry_conformance::content::{self, Archive, Content, Entry, Format};
use sha2::{Digest as _, Sha256, Sha512};

/// Octets of all entries that the mock takes here.
const MAX_CONTENT: u64 = 1 << 20;
const MAX_OVERHEAD: u64 = 1 << 20;

/// Reads an archive (`t`) or a single component (`w`), or writes the entries that the octets describe into an archive (`e`) and reads that.
///
/// # Panics
///
/// When it matters in which chunks the octets come; when the mock takes entries other than those that the `tar` crate finds; when the
/// digest of the index is not the one that the specification describes; or when the mock does not find what the harness wrote.
pub fn run(data: &[u8]) {
    let Some((&kind, octets)) = data.split_first() else {
        return;
    };
    match kind {
        b't' => archive(octets),
        b'w' => {
            let format = ContentFormat::of_media_type("application/wasm");
            if let Ok(summary) = in_any_chunks(&format, octets) {
                let entries = [(b"component.wasm".to_vec(), octets.to_vec())];
                assert_eq!(summary.entries.len(), 1);
                assert_digests(&summary, &entries, octets);
            }
        }
        b'e' => written(octets),
        _ => {}
    }
}

fn archive(octets: &[u8]) {
    let Ok(summary) = in_any_chunks(&ContentFormat::Tar, octets) else {
        return;
    };
    assert!(summary.entries.is_sorted_by(|a, b| a.path < b.path));
    if let Some(entries) = by_tar_crate(octets) {
        assert_digests(&summary, &entries, octets);
    }
}

/// Reads whole, octet by octet and in chunks of several sizes.
fn in_any_chunks(format: &ContentFormat, octets: &[u8]) -> Result<ContentSummary, ContentError> {
    let mut options =
        ContentOptions::new(format.clone(), DigestAlgorithm::ALL.to_vec(), MAX_CONTENT);
    options.max_overhead = MAX_OVERHEAD;
    let whole = ContentReader::read_all(options.clone(), octets);
    let seed = octets.iter().fold(octets.len(), |sum, octet| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*octet))
    });
    for size in [1, 7, 511, 512, 513, 1 + seed % 1500] {
        let mut reader = ContentReader::new(options.clone());
        let written = octets
            .chunks(size)
            .try_for_each(|chunk| reader.write(chunk));
        if written.is_err() {
            assert_eq!(reader.write(b"more"), written, "another error");
        }
        let outcome = written.and_then(|()| reader.finish());
        assert_eq!(outcome, whole, "in chunks of {size}");
    }
    whole
}

/// The regular files that the `tar` crate finds; none where it refuses the archive.
fn by_tar_crate(octets: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut archive = tar::Archive::new(octets);
    let mut entries = Vec::new();
    for entry in archive.entries().ok()? {
        let mut entry = entry.ok()?;
        let path = entry.path_bytes().into_owned();
        let path = path.strip_prefix(b"./").unwrap_or(&path).to_vec();
        let mut bytes = Vec::new();
        (&mut entry)
            .take(MAX_CONTENT + 1)
            .read_to_end(&mut bytes)
            .ok()?;
        let kind = entry.header().entry_type();
        let is_file = kind.is_file() && !path.ends_with(b"/") || kind.is_contiguous();
        if is_file {
            entries.push((path, bytes));
        }
    }
    Some(entries)
}

/// What the octets describe: of each entry a length of its path, one of its bytes, and both.
fn written(octets: &[u8]) {
    let mut rest = octets;
    let mut take = |length: usize| -> Vec<u8> {
        let (taken, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        taken.to_vec()
    };
    let mut entries: Vec<Entry> = Vec::new();
    let format = match take(1).first() {
        Some(b'p') => Format::Pax,
        Some(b'g') => Format::Gnu,
        _ => Format::Ustar,
    };
    while let [path, bytes] = take(2)[..] {
        let mut path = take(usize::from(path));
        // Paths beyond what a header holds, now and then.
        if path.len() > 120 {
            path = path.repeat(4);
        }
        entries.push(Entry::new(path, take(usize::from(bytes))));
    }
    let Ok(body) = Archive::of_entries(&entries, format).write() else {
        return;
    };
    let outcome = in_any_chunks(&ContentFormat::Tar, &body);
    // A header has no room for NUL, which ends the path there.
    if entries.iter().any(|entry| entry.path.contains(&0)) {
        return;
    }
    let summary = match outcome {
        Ok(summary) => summary,
        Err(error) => {
            assert!(!are_good(&entries), "{error}: {entries:?}");
            return;
        }
    };
    let stripped: Vec<Entry> = entries
        .iter()
        .map(|entry| {
            let path = entry.path.strip_prefix(b"./").unwrap_or(&entry.path);
            Entry::new(path, entry.bytes.clone())
        })
        .collect();
    assert!(are_good(&stripped), "taken: {entries:?}");
    for (algorithm, digest) in [
        content::DigestAlgorithm::Sha256,
        content::DigestAlgorithm::Sha512,
    ]
    .into_iter()
    .zip(&summary.index)
    {
        assert_eq!(content::index_digest(algorithm, &stripped), digest.to_hex());
    }
    let pairs: Vec<_> = stripped
        .iter()
        .map(|entry| (entry.path.clone(), entry.bytes.to_vec()))
        .collect();
    assert_digests(&summary, &pairs, &body);
    let content = Content::tar(entries, format).map(|content| content.body);
    assert_eq!(content.as_ref(), Ok(&body));
}

/// The rules of section 2 of the specification, in its words.
fn are_good(entries: &[Entry]) -> bool {
    let is_good = |path: &[u8]| {
        (1..=65_535).contains(&path.len())
            && !path.contains(&0)
            && path
                .split(|octet| *octet == b'/')
                .all(|segment| !matches!(segment, b"" | b"." | b".."))
    };
    let is_within = |inner: &[u8], outer: &[u8]| {
        inner == outer || inner.starts_with(outer) && inner[outer.len()] == b'/'
    };
    let clash = |(at, entry): (usize, &Entry)| {
        entries
            .iter()
            .enumerate()
            .any(|(other, second)| at != other && is_within(&entry.path, &second.path))
    };
    !entries.is_empty()
        && entries.iter().all(|entry| is_good(&entry.path))
        && !entries.iter().enumerate().any(clash)
}

/// The digests of the index and of the octets themselves, made anew.
fn assert_digests(summary: &ContentSummary, entries: &[(Vec<u8>, Vec<u8>)], octets: &[u8]) {
    let mut sorted = entries.to_vec();
    sorted.sort();
    let found: Vec<&[u8]> = summary
        .entries
        .iter()
        .map(|entry| entry.path.as_bytes())
        .collect();
    let expected: Vec<&[u8]> = sorted.iter().map(|(path, _)| path.as_slice()).collect();
    assert_eq!(found, expected, "other paths");
    let index = |digest: &dyn Fn(&[u8]) -> Vec<u8>| {
        let mut index = Vec::new();
        for (path, bytes) in &sorted {
            index.extend(digest(bytes));
            index.extend(
                u16::try_from(path.len())
                    .expect("a path that was taken")
                    .to_le_bytes(),
            );
            index.extend(path);
        }
        digest(&index)
    };
    let sha256 = |octets: &[u8]| Sha256::digest(octets).to_vec();
    let sha512 = |octets: &[u8]| Sha512::digest(octets).to_vec();
    assert_eq!(summary.index[0].as_bytes(), index(&sha256));
    assert_eq!(summary.index[1].as_bytes(), index(&sha512));
    assert_eq!(summary.raw[0].as_bytes(), sha256(octets));
    assert_eq!(summary.raw[1].as_bytes(), sha512(octets));
}
