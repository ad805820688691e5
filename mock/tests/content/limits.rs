//! Limits of content and of its archive.

use mock_registry::content::{ContentError, ContentFormat, ContentPolicy, ContentReader};

use crate::{
    archive::{Archive, Record, pax},
    support::{MEBIBYTE, options, read_tar, read_with},
};

#[test]
fn limits_count_entries_and_not_headers() {
    let at_limit = Archive::new()
        .file("a", &vec![0; 512 << 10])
        .file("b", &vec![0; 512 << 10])
        .end();
    assert!(at_limit.len() as u64 > MEBIBYTE);
    assert!(read_tar(&at_limit).is_ok());
    let counts_headers = ContentPolicy {
        counts_headers: true,
        ..ContentPolicy::default()
    };
    assert_eq!(
        read_with(&at_limit, counts_headers),
        Err(ContentError::TooLarge { limit: MEBIBYTE })
    );

    let over = Archive::new()
        .file("a", &vec![0; 512 << 10])
        .file("b", &vec![0; (512 << 10) + 1])
        .end();
    assert_eq!(
        read_tar(&over),
        Err(ContentError::TooLarge { limit: MEBIBYTE })
    );
    let ignores = ContentPolicy {
        ignores_limit: true,
        ..ContentPolicy::default()
    };
    assert!(read_with(&over, ignores).is_ok());

    let single = || ContentReader::new(options(ContentFormat::of_media_type("application/wasm")));
    let mut reader = single();
    reader.write(&vec![0; 1 << 20]).unwrap();
    let error = reader.write(&[0]).unwrap_err();
    assert_eq!(error.problem(), "content-too-large");
    assert_eq!(reader.write(&[]), Err(error.clone()));
    assert_eq!(reader.finish(), Err(error));
}

#[test]
fn a_declared_size_is_refused_before_its_bytes_come() {
    let table = [
        Archive::new()
            .push(Record::file("a", b"").declare(MEBIBYTE + 1))
            .bytes(),
        Archive::new()
            .push(Record::file("a", b"").base_256(u64::MAX))
            .bytes(),
        Archive::new()
            .entry(b'x', "x", &pax(&[("size", b"18446744073709551615")]))
            .file("a", b"")
            .bytes(),
    ];
    for archive in table {
        let mut reader = ContentReader::new(options(ContentFormat::Tar));
        assert_eq!(
            reader.write(&archive),
            Err(ContentError::TooLarge { limit: MEBIBYTE })
        );
    }
}

#[test]
fn headers_without_end_are_refused() {
    let mut options = options(ContentFormat::Tar);
    options.max_overhead = 64 << 10;
    let directories = Archive::new().entry(b'5', "d/", b"").bytes();
    let mut reader = ContentReader::new(options.clone());
    let written = (0..1000).try_for_each(|_| reader.write(&directories));
    assert_eq!(
        written,
        Err(ContentError::OverheadTooLarge { limit: 64 << 10 })
    );
    let mut reader = ContentReader::new(options);
    let written = (0..1000).try_for_each(|_| reader.write(&[0; 512]));
    assert_eq!(written.unwrap_err().problem(), "content-too-large");

    let huge = Archive::new()
        .push(Record::file("x", b"").kind(b'x').declare((1 << 20) + 1))
        .bytes();
    assert!(matches!(read_tar(&huge), Err(ContentError::BadArchive(_))));
}
