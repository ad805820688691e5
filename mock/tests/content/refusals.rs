//! Archives that are refused, and the mistakes that take them.

use mock_registry::content::{ContentError, ContentPolicy, EntryPath, EntryPathError};

use crate::{
    archive::{Archive, COMPONENT, Record, pax},
    support::{read_tar, read_with},
};

#[test]
fn bad_paths_are_refused() {
    use EntryPathError::{Absolute, DotSegment, Empty, EmptySegment, Nul, TrailingSlash};
    let table: [(&[u8], EntryPathError); 16] = [
        (b"", Empty),
        (b"./", Empty),
        (b"/", Absolute),
        (b"/etc/passwd", Absolute),
        (b".//etc/passwd", Absolute),
        (b"a/", TrailingSlash),
        (b"a//b", EmptySegment),
        (b".", DotSegment),
        (b"..", DotSegment),
        (b"././a", DotSegment),
        (b"a/./b", DotSegment),
        (b"../a", DotSegment),
        (b"a/../b", DotSegment),
        (b"a/..", DotSegment),
        (b"./../a", DotSegment),
        (b"a\0b", Nul),
    ];
    for (path, expected) in table {
        let by_pax = Archive::new()
            .entry(b'x', "x", &pax(&[("path", path)]))
            .file("f", b"x")
            .end();
        match read_tar(&by_pax) {
            Err(error @ ContentError::InvalidPath { source, .. }) => {
                assert_eq!(source, expected, "{}", path.escape_ascii());
                assert_eq!(error.problem(), "invalid-content-index");
            }
            other => panic!("{} {other:?}", path.escape_ascii()),
        }
        if !path.contains(&0) {
            let by_name = Archive::new().push(Record::file("", b"x").name(path)).end();
            assert_eq!(read_tar(&by_name), read_tar(&by_pax));
        }
    }
    for path in [
        &b"a"[..],
        b"...",
        b"..a",
        b"a..",
        b"a/.b",
        b"\\",
        b"C:\\x",
        b" ",
        b"\n",
        b"\xff",
    ] {
        assert!(EntryPath::new(path).is_ok(), "{}", path.escape_ascii());
    }
}

#[test]
fn what_is_no_regular_file_is_refused() {
    for kind in [
        b'1', b'2', b'3', b'4', b'6', b'S', b'M', b'V', b'D', b'N', b'A', b'I', b'X', b'Z', b'8',
        0xff,
    ] {
        let archive = Archive::new()
            .file("component.wasm", &COMPONENT)
            .push(Record::file("l", b"").kind(kind).link("component.wasm"))
            .end();
        match read_tar(&archive) {
            Err(error @ ContentError::UnsupportedEntry { .. }) => {
                assert_eq!(error.problem(), "invalid-content-index");
            }
            other => panic!("{kind} {other:?}"),
        }
    }
    for key in ["GNU.sparse.major", "GNU.sparse.name", "GNU.sparse.map"] {
        let archive = Archive::new()
            .entry(b'x', "x", &pax(&[(key, b"1")]))
            .file("s", b"x")
            .end();
        assert!(matches!(
            read_tar(&archive),
            Err(ContentError::UnsupportedEntry {
                kind: "a sparse file",
                ..
            })
        ));
    }
    let long_link = Archive::new()
        .entry(b'K', "././@LongLink", &[b'l'; 200])
        .push(Record::file("l", b"").kind(b'2').link("x"))
        .end();
    assert!(matches!(
        read_tar(&long_link),
        Err(ContentError::UnsupportedEntry {
            kind: "a symbolic link",
            ..
        })
    ));
}

#[test]
fn paths_are_unique_and_none_is_a_folder_of_another() {
    let table = [
        (vec!["a", "b", "a"], Some("twice")),
        (vec!["a", "./a"], Some("twice")),
        (vec!["a", "a/b"], Some("is a file")),
        (vec!["a/b/c", "a-", "a", "a.b"], Some("is a file")),
        (vec!["a/b", "a/b-", "a/b/c/d"], Some("is a file")),
        (vec!["a", "a-/b", "a.b", "ab/c", "b/a"], None),
    ];
    for (names, expected) in table {
        let archive = names
            .iter()
            .fold(Archive::new(), |tar, name| tar.file(name, b""))
            .end();
        match (read_tar(&archive), expected) {
            (Ok(_), None) => {}
            (Err(error), Some(part)) => {
                assert!(error.to_string().contains(part), "{names:?} {error}");
                assert_eq!(error.problem(), "invalid-content-index");
            }
            (outcome, _) => panic!("{names:?} {outcome:?}"),
        }
    }
}

#[test]
fn content_needs_entries_and_a_component_its_entry() {
    for empty in [
        Archive::new().end(),
        Vec::new(),
        Archive::new().entry(b'5', "a/", b"").end(),
    ] {
        assert_eq!(read_tar(&empty), Err(ContentError::NoEntries));
    }
    let without = read_tar(
        &Archive::new()
            .file("assets/component.wasm", &COMPONENT)
            .end(),
    )
    .unwrap();
    assert_eq!(without.component(), Err(ContentError::MissingComponent));
}

#[test]
fn ambiguous_and_broken_archives_are_refused() {
    let good = Archive::new().file("a", b"x").end();
    let mut bad_sum = Archive::new().file("a", b"x").file("b", b"x").end();
    bad_sum[1024] ^= 1;
    let mut trailing = good.clone();
    trailing.extend(Archive::new().file("b", b"x").end());
    let mut lone_zero = Archive::new().file("a", b"").bytes();
    lone_zero.extend([0; 512]);
    lone_zero.extend(Archive::new().file("b", b"").end());
    let table = [
        ("checksum", bad_sum),
        ("trailing archive", trailing),
        ("lone zero block", lone_zero),
        (
            "two pax",
            Archive::new()
                .entry(b'x', "x", &pax(&[("path", b"b")]))
                .entry(b'x', "x", &pax(&[("path", b"c")]))
                .file("a", b"")
                .end(),
        ),
        (
            "two long names",
            Archive::new()
                .entry(b'L', "x", b"b")
                .entry(b'L', "x", b"c")
                .file("a", b"")
                .end(),
        ),
        (
            "pax and long name",
            Archive::new()
                .entry(b'L', "x", b"b")
                .entry(b'x', "x", &pax(&[("path", b"c")]))
                .file("a", b"")
                .end(),
        ),
        (
            "global path",
            Archive::new()
                .entry(b'g', "x", &pax(&[("path", b"c")]))
                .file("a", b"")
                .end(),
        ),
        (
            "bad record",
            Archive::new()
                .entry(b'x', "x", b"99 path=b\n")
                .file("a", b"")
                .end(),
        ),
        (
            "sized directory",
            Archive::new().entry(b'5', "d/", b"x").file("a", b"").end(),
        ),
        (
            "bad size",
            Archive::new()
                .file("z", b"")
                .push(Record::file("a", b"").raw_size(b"9"))
                .end(),
        ),
    ];
    assert!(read_tar(&good).is_ok());
    for (what, archive) in table {
        match read_tar(&archive) {
            Err(error @ ContentError::BadArchive(_)) => {
                assert_eq!(error.problem(), "invalid-content-index");
            }
            other => panic!("{what} {other:?}"),
        }
    }
    let comment = Archive::new()
        .entry(b'g', "pax_global_header", &pax(&[("comment", b"0123")]))
        .file("a", b"x")
        .end();
    assert_eq!(
        read_tar(&comment).unwrap().index,
        read_tar(&good).unwrap().index
    );
}

#[test]
fn something_else_is_no_archive() {
    let page = b"<!doctype html><title>Moved</title>".repeat(40);
    for bytes in [&page[..], &page[..100], &COMPONENT, &[0x1f, 0x8b, 8, 0]] {
        assert_eq!(read_tar(bytes), Err(ContentError::NotAnArchive));
    }
}

#[test]
fn mistakes_take_what_is_refused() {
    let tar = || Archive::new().file("component.wasm", &COMPONENT);
    let link = tar()
        .push(Record::file("l", b"").kind(b'2').link("x"))
        .end();
    let device = tar().push(Record::file("n", b"").kind(b'3')).end();
    let sparse = tar().push(Record::file("s", b"x").kind(b'S')).end();
    let default = ContentPolicy::default;
    let table: [(Vec<u8>, ContentPolicy, usize); 8] = [
        (
            link,
            ContentPolicy {
                accepts_links: true,
                ..default()
            },
            1,
        ),
        (
            device,
            ContentPolicy {
                accepts_devices: true,
                ..default()
            },
            1,
        ),
        (
            sparse,
            ContentPolicy {
                accepts_sparse: true,
                ..default()
            },
            2,
        ),
        (
            tar().file("a", b"1").file("a", b"2").end(),
            ContentPolicy {
                accepts_duplicates: true,
                ..default()
            },
            2,
        ),
        (
            tar().file("../a", b"1").end(),
            ContentPolicy {
                accepts_parent_segments: true,
                ..default()
            },
            2,
        ),
        (
            tar().file("/a", b"1").end(),
            ContentPolicy {
                strips_leading_slash: true,
                ..default()
            },
            2,
        ),
        (
            tar().file("", b"1").end(),
            ContentPolicy {
                accepts_empty_paths: true,
                ..default()
            },
            1,
        ),
        (
            tar().file("a", b"1").file("a/b", b"2").end(),
            ContentPolicy {
                accepts_prefix_paths: true,
                ..default()
            },
            3,
        ),
    ];
    for (archive, policy, entries) in table {
        assert!(read_tar(&archive).is_err(), "{policy:?}");
        assert_eq!(
            read_with(&archive, policy.clone()).unwrap().entries.len(),
            entries,
            "{policy:?}"
        );
    }
}
