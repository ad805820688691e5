//! Content read as it arrives: known answers, archives of every kind, hostile ones.

mod content_support;

use content_support::{Archive, COMPONENT, Record, pax};
use mock_registry::{
    content::{
        ContentError, ContentFormat, ContentOptions, ContentPolicy, ContentReader, ContentSummary,
        EntryPath, EntryPathError,
    },
    digest::DigestAlgorithm,
};

const MEBIBYTE: u64 = 1 << 20;

fn options(format: ContentFormat) -> ContentOptions {
    ContentOptions::new(format, DigestAlgorithm::ALL.to_vec(), MEBIBYTE)
}

fn read_tar(archive: &[u8]) -> Result<ContentSummary, ContentError> {
    read_with(archive, ContentPolicy::default())
}

/// Reads whole and octet by octet, which must not differ.
fn read_with(archive: &[u8], policy: ContentPolicy) -> Result<ContentSummary, ContentError> {
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

fn sha256_of_index(summary: &ContentSummary) -> String {
    summary.index[0].to_hex()
}

/// An index digest made from the text of section 2.
fn index_by_hand(entries: &[(&[u8], &[u8])]) -> String {
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

#[test]
fn a_component_alone_has_the_known_answer() {
    for media_type in ["application/wasm", "Application/WASM; x=y", "text/plain"] {
        let format = ContentFormat::of_media_type(media_type);
        let summary = ContentReader::read_all(options(format), &COMPONENT).unwrap();
        assert_eq!(
            sha256_of_index(&summary),
            "8be52cd5195fdc3ae833c0472ccb7683242a2c6c1f39adc743c269b73724858b"
        );
        // Computed with Python's hashlib from the formula of section 2.
        assert_eq!(summary.index[1].to_hex(), SHA512_COMPONENT);
        assert_eq!(summary.raw[0], DigestAlgorithm::Sha256.digest(&COMPONENT));
        assert_eq!(summary.length, 8);
        assert!(summary.component().unwrap().is_component);
    }
}

#[test]
fn a_component_with_an_asset_has_the_known_answer() {
    for format in [
        ContentFormat::of_media_type("application/x-tar"),
        ContentFormat::Tar,
    ] {
        let archive = Archive::new()
            .file("component.wasm", &COMPONENT)
            .file("assets/a.txt", b"a")
            .end();
        let summary = ContentReader::read_all(options(format), &archive).unwrap();
        assert_eq!(
            sha256_of_index(&summary),
            "a282041c2b0ef4515c7045fed9024107e51a0e1f19e697c5a2f1edde4743e614"
        );
        assert_eq!(summary.index[1].to_hex(), SHA512_WITH_ASSET);
        assert_eq!(summary.raw[0], DigestAlgorithm::Sha256.digest(&archive));
        let paths: Vec<_> = summary
            .entries
            .iter()
            .map(|entry| entry.path.to_display())
            .collect();
        assert_eq!(paths, ["assets/a.txt", "component.wasm"]);
    }
}

const SHA512_COMPONENT: &str = "498b889c3e7452fdd8cd6d27591685a0c109c95b5666ea00d834678fb658ee476d48db77d03eae997aa0c7ce9445e78ac8b4468f077b1e0239be772cbd31b9ef";
const SHA512_WITH_ASSET: &str = "e3b0d9afcc65ee68e047f329b0719e0e792a6bd2437a3d0db7a79548896e47b2a0a81a8875b648aacb0374aea3007f420f05ea4b1ce6883079b2d8dff2fd348d";

#[test]
fn the_order_of_the_archive_does_not_matter() {
    let names = ["a-", "a.b", "a/b", "a0", "component.wasm"];
    let entries: Vec<(&[u8], &[u8])> = names
        .iter()
        .map(|name| (name.as_bytes(), name.as_bytes()))
        .collect();
    let expected = index_by_hand(&entries);
    let forward = names
        .iter()
        .fold(Archive::new(), |tar, name| tar.file(name, name.as_bytes()))
        .end();
    let backward = names
        .iter()
        .rev()
        .fold(Archive::new(), |tar, name| tar.file(name, name.as_bytes()))
        .end();
    assert_eq!(sha256_of_index(&read_tar(&forward).unwrap()), expected);
    assert_eq!(sha256_of_index(&read_tar(&backward).unwrap()), expected);

    let kept = ContentPolicy {
        keeps_archive_order: true,
        ..ContentPolicy::default()
    };
    assert_ne!(
        sha256_of_index(&read_with(&backward, kept).unwrap()),
        expected
    );
    let pathless = ContentPolicy {
        index_without_paths: true,
        ..ContentPolicy::default()
    };
    assert_ne!(
        sha256_of_index(&read_with(&forward, pathless).unwrap()),
        expected
    );
}

#[test]
fn every_change_of_an_entry_changes_the_digest() {
    let base = Archive::new()
        .file("component.wasm", &COMPONENT)
        .file("a", b"1")
        .end();
    let others = [
        Archive::new()
            .file("component.wasm", &COMPONENT)
            .file("a", b"2")
            .end(),
        Archive::new()
            .file("component.wasm", &COMPONENT)
            .file("b", b"1")
            .end(),
        Archive::new().file("component.wasm", &COMPONENT).end(),
        Archive::new()
            .file("component.wasm", &COMPONENT)
            .file("a", b"1")
            .file("b", b"")
            .end(),
    ];
    let digest = sha256_of_index(&read_tar(&base).unwrap());
    for other in others {
        assert_ne!(sha256_of_index(&read_tar(&other).unwrap()), digest);
    }
}

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
fn limits_count_entries_and_not_headers() {
    let at_limit = Archive::new()
        .file("a", &[0; 512 << 10])
        .file("b", &[0; 512 << 10])
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
        .file("a", &[0; 512 << 10])
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
                assert_eq!(error.problem(), "invalid-content-index")
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
fn an_archive_cut_anywhere_is_an_error_or_a_whole_number_of_entries() {
    let archive = Archive::new()
        .entry(b'x', "x", &pax(&[("path", b"long")]))
        .file("a", &[7; 700])
        .file("b", b"x")
        .end();
    for cut in 0..archive.len() {
        match read_tar(&archive[..cut]) {
            // At a boundary of entries; or within the zero blocks at the end.
            Ok(summary) => assert!(
                [512 * 5, 512 * 7].contains(&cut) || cut > 512 * 7,
                "{cut} {summary:?}"
            ),
            Err(
                ContentError::Truncated(_) | ContentError::NotAnArchive | ContentError::NoEntries,
            ) => {}
            Err(error) => panic!("{cut} {error}"),
        }
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

#[test]
fn entries_that_come_one_by_one_make_the_same_content() {
    let part = |path: &str, bytes: &[u8]| {
        let format = ContentFormat::Single(EntryPath::new(path).unwrap());
        ContentReader::read_all(options(format), bytes).unwrap()
    };
    let assemble = |parts, limit| ContentSummary::assemble(parts, &DigestAlgorithm::ALL, limit);
    let parts = vec![
        part("component.wasm", &COMPONENT),
        part("assets/a.txt", b"a"),
    ];
    let whole = assemble(parts.clone(), 9).unwrap();
    let archive = Archive::new()
        .file("assets/a.txt", b"a")
        .file("component.wasm", &COMPONENT)
        .end();
    assert_eq!(whole.index, read_tar(&archive).unwrap().index);
    assert_eq!(assemble(parts, 8), Err(ContentError::TooLarge { limit: 8 }));
    assert!(matches!(
        assemble(vec![part("a", b""), part("a", b"")], 9),
        Err(ContentError::DuplicatePath(_))
    ));
    assert!(matches!(
        assemble(vec![part("a/b", b""), part("a", b"")], 9),
        Err(ContentError::PrefixPath { .. })
    ));
    assert_eq!(assemble(Vec::new(), 9), Err(ContentError::NoEntries));
}

/// A generator of its own (xorshift), so that a failure repeats.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }
}

#[test]
fn broken_octets_never_panic_and_chunks_never_matter() {
    let archive = Archive::new()
        .entry(b'g', "g", &pax(&[("comment", b"x")]))
        .entry(
            b'x',
            "x",
            &pax(&[("path", b"a/long/path"), ("size", b"600")]),
        )
        .push(Record::file("a", &[9; 600]).declare(0))
        .entry(b'L', "././@LongLink", b"another\0")
        .file("b", b"xyz")
        .entry(b'5', "d/", b"")
        .file("component.wasm", &COMPONENT)
        .end();
    assert_eq!(read_tar(&archive).unwrap().entries.len(), 3);
    let mut seeded = Seeded(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3000 {
        let mut broken = archive.clone();
        for _ in 0..=seeded.below(4) {
            let at = seeded.below(broken.len());
            match seeded.below(4) {
                0 => broken[at] = u8::try_from(seeded.below(256)).unwrap(),
                1 => broken.truncate(at.max(1)),
                2 => drop(broken.splice(
                    at..at,
                    archive[at % archive.len()..].iter().copied().take(512),
                )),
                _ => {
                    broken[at] ^= 1 << seeded.below(8);
                    content_support::fix_checksum(&mut broken, at / 512 * 512);
                }
            }
        }
        let whole = ContentReader::read_all(options(ContentFormat::Tar), &broken);
        let mut reader = ContentReader::new(options(ContentFormat::Tar));
        let mut rest = &broken[..];
        let mut outcome = Ok(());
        while !rest.is_empty() && outcome.is_ok() {
            let (chunk, after) = rest.split_at((1 + seeded.below(900)).min(rest.len()));
            outcome = reader.write(chunk);
            rest = after;
        }
        assert_eq!(outcome.and_then(|()| reader.finish()), whole);
        if let Ok(summary) = whole {
            assert!(summary.entries.is_sorted_by(|a, b| a.path < b.path));
        }
    }
}
