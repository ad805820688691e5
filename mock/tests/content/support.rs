//! Reading archives whole and octet by octet.

use mock_registry::{
    content::{
        ContentError, ContentFormat, ContentOptions, ContentPolicy, ContentReader, ContentSummary,
    },
    digest::DigestAlgorithm,
};

pub(crate) const MEBIBYTE: u64 = 1 << 20;

pub(crate) fn options(format: ContentFormat) -> ContentOptions {
    ContentOptions::new(format, DigestAlgorithm::ALL.to_vec(), MEBIBYTE)
}

pub(crate) fn read_tar(archive: &[u8]) -> Result<ContentSummary, ContentError> {
    read_with(archive, ContentPolicy::default())
}

/// Reads whole and octet by octet, which must not differ.
pub(crate) fn read_with(
    archive: &[u8],
    policy: ContentPolicy,
) -> Result<ContentSummary, ContentError> {
    let options = ContentOptions {
        policy,
        ..options(ContentFormat::Tar)
    };
    let whole = ContentReader::read_all(options.clone(), archive);
    if archive.len() < 100_000 {
        let mut reader = ContentReader::new(options);
        let written = archive.chunks(1).try_for_each(|octet| reader.write(octet));
        let by_octet = written.and_then(|()| reader.finish());
        assert_eq!(by_octet, whole);
    }
    whole
}

pub(crate) fn sha256_of_index(summary: &ContentSummary) -> String {
    summary.index[0].to_hex()
}

/// An index digest made from the text of section 2.
pub(crate) fn index_by_hand(entries: &[(&[u8], &[u8])]) -> String {
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    let mut index = Vec::new();
    for (path, bytes) in sorted {
        index.extend(DigestAlgorithm::Sha256.digest(bytes).as_bytes());
        index.extend(u16::try_from(path.len()).unwrap().to_le_bytes());
        index.extend(path);
    }
    DigestAlgorithm::Sha256.digest(&index).to_hex()
}
