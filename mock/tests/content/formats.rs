//! Archives of every format that is read.

use mock_registry::content::{ContentError, ContentPolicy, EntryPathError};

use crate::{
    archive::{Archive, COMPONENT, Record, pax},
    support::{index_by_hand, read_tar, read_with, sha256_of_index},
};

#[test]
fn directories_and_a_leading_dot_are_not_content() {
    let plain = Archive::new()
        .file("component.wasm", &COMPONENT)
        .file("a/b", b"1")
        .end();
    let dressed = Archive::new()
        .entry(b'5', "./", b"")
        .file("./component.wasm", &COMPONENT)
        .entry(b'5', "./a/", b"")
        .entry(b'5', "a", b"")
        .file("./a/b", b"1")
        .end();
    let old = Archive::new()
        .entry(0, "a/", b"")
        .entry(0, "component.wasm", &COMPONENT)
        .entry(b'7', "a/b", b"1")
        .end();
    let expected = read_tar(&plain).unwrap().index;
    assert_eq!(read_tar(&dressed).unwrap().index, expected);
    assert_eq!(read_tar(&old).unwrap().index, expected);
}

#[test]
fn every_format_of_names_is_read() {
    let long = format!("{}/{}", "d".repeat(120), "f".repeat(90));
    let expected = index_by_hand(&[(long.as_bytes(), b"x")]);
    let prefix = Archive::new()
        .push(Record::file(&"f".repeat(90), b"x").prefix(&"d".repeat(120)))
        .end();
    let gnu = Archive::new()
        .entry(b'L', "././@LongLink", format!("{long}\0").as_bytes())
        .file(&long[..100], b"x")
        .end();
    let posix = Archive::new()
        .entry(b'x', "PaxHeaders/f", &pax(&[("path", long.as_bytes())]))
        .file("short", b"x")
        .end();
    let both = Archive::new()
        .entry(
            b'x',
            "x",
            &pax(&[
                ("mtime", b"1.5"),
                ("path", format!("./{long}").as_bytes()),
                ("comment", b"\xff=\n"),
            ]),
        )
        .file("short", b"x")
        .end();
    for archive in [prefix, gnu, posix, both] {
        assert_eq!(sha256_of_index(&read_tar(&archive).unwrap()), expected);
    }
    // In GNU's own format the prefix field holds times.
    let times = Archive::new()
        .push(Record::file("f", b"x").prefix("14271231234").gnu())
        .end();
    assert_eq!(
        sha256_of_index(&read_tar(&times).unwrap()),
        index_by_hand(&[(b"f", b"x")])
    );
}

#[test]
fn the_tar_crate_writes_what_is_read() {
    let mut builder = tar::Builder::new(Vec::new());
    let long = "n".repeat(300);
    for (name, bytes) in [("component.wasm", &COMPONENT[..]), (&long, b"x")] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes).unwrap();
    }
    let archive = builder.into_inner().unwrap();
    let expected = index_by_hand(&[(b"component.wasm", &COMPONENT), (long.as_bytes(), b"x")]);
    assert_eq!(sha256_of_index(&read_tar(&archive).unwrap()), expected);
}

#[test]
fn paths_are_octets_up_to_65535() {
    let longest = vec![b'p'; 65_535];
    let not_text: &[u8] = b"caf\xe9/\xff\xfe\n";
    let table: [(&[u8], u8); 4] = [
        (&longest, b'x'),
        (&longest, b'L'),
        (not_text, b'x'),
        (not_text, b'L'),
    ];
    for (path, kind) in table {
        let extended = if kind == b'x' {
            pax(&[("path", path)])
        } else {
            path.to_vec()
        };
        let archive = Archive::new()
            .entry(kind, "x", &extended)
            .file("f", b"x")
            .end();
        let summary = read_tar(&archive).unwrap();
        assert_eq!(summary.entries[0].path.as_bytes(), path);
        assert_eq!(sha256_of_index(&summary), index_by_hand(&[(path, b"x")]));

        let mistakes = [
            ContentPolicy {
                truncates_long_paths: true,
                ..ContentPolicy::default()
            },
            ContentPolicy {
                paths_as_text: true,
                ..ContentPolicy::default()
            },
        ];
        let differing = mistakes.map(|policy| read_with(&archive, policy).unwrap() != summary);
        assert_eq!(differing, [path.len() > 255, path == not_text]);
    }
    let too_long = vec![b'p'; 65_536];
    let archive = Archive::new()
        .entry(b'x', "x", &pax(&[("path", &too_long)]))
        .file("f", b"x")
        .end();
    assert!(matches!(
        read_tar(&archive),
        Err(ContentError::InvalidPath {
            source: EntryPathError::TooLong,
            ..
        })
    ));
}

#[test]
fn a_pax_size_stands_before_the_headers() {
    let record = Record::file("a", b"xyz").declare(0);
    let archive = Archive::new()
        .entry(b'x', "x", &pax(&[("size", b"3")]))
        .push(record)
        .file("b", b"")
        .end();
    assert_eq!(
        sha256_of_index(&read_tar(&archive).unwrap()),
        index_by_hand(&[(b"a", b"xyz"), (b"b", b"")])
    );
}
