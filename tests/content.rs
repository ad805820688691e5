//! Contents are what they claim to be, to the byte, and digests are those of the profile.

use std::io::Read;

use bytes::Bytes;
use registry_conformance::content::{
    Archive, ArchiveError, COMPONENT_PATH, Content, DigestAlgorithm, DigestForm, EMPTY_COMPONENT,
    Entry, Format, Harmless, Hostile, Member, Mutation, SeededBytes, TAR_MEDIA_TYPE,
    WASM_MEDIA_TYPE, WeakAlgorithm, component, core_module, harmless_archive, hostile_archive,
    html_page, index_digest, last_of_each, long_path, mutate, random_bytes, raw_digest, text,
    weak_digest,
};

/// First half of the first block, computed by hand from the documented construction.
const STREAM_OF_SEED_1: &str = "ab7504d642ec6ad630a27fa77f2eac46";
const FORMATS: [Format; 3] = [Format::Ustar, Format::Pax, Format::Gnu];

fn stream(label: &str) -> SeededBytes {
    SeededBytes::new(7, label)
}

fn known_entries() -> Vec<Entry> {
    vec![
        Entry::new(COMPONENT_PATH, Bytes::from_static(&EMPTY_COMPONENT)),
        Entry::new("assets/a.txt", Bytes::from_static(b"a")),
    ]
}

/// What an independent reader sees: type, path, bytes.
fn read(archive: &[u8]) -> Vec<(u8, Vec<u8>, Vec<u8>)> {
    tar::Archive::new(archive)
        .entries()
        .expect("the archive begins")
        .map(|entry| {
            let mut entry = entry.expect("the archive goes on");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("the entry is whole");
            (
                entry.header().entry_type().as_byte(),
                entry.path_bytes().into_owned(),
                bytes,
            )
        })
        .collect()
}

fn files(archive: &[u8]) -> Vec<Entry> {
    read(archive)
        .into_iter()
        .filter(|(kind, ..)| *kind == b'0')
        .map(|(_, path, bytes)| Entry::new(path, bytes))
        .collect()
}

#[test]
fn known_answers_of_the_profile() {
    let mut entries = known_entries();
    let both = "a282041c2b0ef4515c7045fed9024107e51a0e1f19e697c5a2f1edde4743e614";
    assert_eq!(index_digest(DigestAlgorithm::Sha256, &entries), both);
    entries.reverse();
    assert_eq!(
        index_digest(DigestAlgorithm::Sha256, &entries),
        both,
        "the order does not matter"
    );
    entries.pop();
    entries[0] = known_entries().remove(0);
    assert_eq!(
        index_digest(DigestAlgorithm::Sha256, &entries),
        "8be52cd5195fdc3ae833c0472ccb7683242a2c6c1f39adc743c269b73724858b"
    );
}

#[test]
fn an_algorithm_is_used_inside_and_outside() {
    let entry = Entry::new("p", "x");
    let mut index = DigestAlgorithm::Sha512.digest(b"x");
    index.extend([1, 0, b'p']);
    let expected = raw_digest(DigestAlgorithm::Sha512, &index);
    assert_eq!(index_digest(DigestAlgorithm::Sha512, &[entry]), expected);
    assert_eq!(expected.len(), 2 * DigestAlgorithm::Sha512.digest_len());
}

#[test]
fn raw_digest_is_that_of_the_blob() {
    assert_eq!(
        raw_digest(DigestAlgorithm::Sha256, b"abc"),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let content = Content::blob(EMPTY_COMPONENT.as_slice());
    assert_eq!(content.media_type, WASM_MEDIA_TYPE);
    assert_eq!(content.size(), 8);
    assert_ne!(
        content.digest(DigestAlgorithm::Sha256, DigestForm::Raw),
        content.digest(DigestAlgorithm::Sha256, DigestForm::Index)
    );
}

#[test]
fn a_path_too_long_for_the_index_wraps() {
    let long = Entry::new(vec![b'p'; 65_536], "x");
    let mut index = DigestAlgorithm::Sha256.digest(b"x");
    index.extend([0, 0]);
    index.extend(vec![b'p'; 65_536]);
    assert_eq!(
        index_digest(DigestAlgorithm::Sha256, &[long]),
        raw_digest(DigestAlgorithm::Sha256, &index)
    );
}

#[test]
fn weak_digests_are_real() {
    for (algorithm, length) in [(WeakAlgorithm::Md5, 32), (WeakAlgorithm::Sha1, 40)] {
        let digest =
            weak_digest(algorithm, &known_entries()).expect("this OpenSSL has weak digests");
        assert_eq!(digest.len(), length, "{}", algorithm.name());
        assert_ne!(
            digest,
            weak_digest(algorithm, &known_entries()[..1]).expect("as before")
        );
    }
}

#[test]
fn the_stream_never_changes() {
    // Whoever wrote down a digest for a seed relies on these bytes.
    assert_eq!(
        hex::encode(SeededBytes::new(1, "content").bytes(16)),
        STREAM_OF_SEED_1
    );
    let whole = stream("x").bytes(100);
    let mut pieces = stream("x");
    let joined: Vec<u8> = [1, 31, 33, 35]
        .into_iter()
        .flat_map(|length| pieces.bytes(length))
        .collect();
    assert_eq!(joined, whole);
    assert_ne!(stream("y").bytes(100), whole);
    assert_ne!(SeededBytes::new(8, "x").bytes(100), whole);
    assert_eq!(stream("x").below(0), 0);
    assert!((0..100).all(|_| stream("x").below(3) < 3));
}

#[test]
fn components_have_every_possible_size() {
    for size in [8]
        .into_iter()
        .chain(11..400)
        .chain(16_380..16_420)
        .chain([65_536, 1_048_576, 1_048_577])
    {
        let bytes =
            component(&mut stream("component"), size).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(bytes.len(), size);
        assert_one_custom_section(&bytes);
    }
    for size in [0, 7, 9, 10] {
        let error = component(&mut stream("component"), size).expect_err("no such component");
        assert_eq!(error.size, size);
    }
    let (one, other) = (
        component(&mut stream("1"), 64),
        component(&mut stream("2"), 64),
    );
    assert_ne!(one, other);
}

/// Reads a component as section 5.3 of the component model's binary format says.
fn assert_one_custom_section(component: &[u8]) {
    let rest = component
        .strip_prefix(&EMPTY_COMPONENT)
        .expect("the preamble");
    let Some((id, rest)) = rest.split_first() else {
        return;
    };
    assert_eq!(*id, 0);
    let (length, rest) = leb128(rest);
    assert_eq!(length, rest.len());
    let (name, rest) = leb128(rest);
    std::str::from_utf8(&rest[..name]).expect("a name in UTF-8");
}

fn leb128(bytes: &[u8]) -> (usize, &[u8]) {
    let width = bytes
        .iter()
        .position(|byte| byte & 0x80 == 0)
        .expect("an end")
        + 1;
    assert!(width <= 5);
    let value = bytes[..width]
        .iter()
        .rev()
        .fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
    (value, &bytes[width..])
}

#[test]
fn what_is_no_component() {
    assert_eq!(core_module()[..4], EMPTY_COMPONENT[..4]);
    assert_ne!(core_module()[4..], EMPTY_COMPONENT[4..]);
    assert_eq!(random_bytes(&mut stream("r"), 1000).len(), 1000);
    assert!((0..600).all(|seed| random_bytes(&mut SeededBytes::new(seed, "r"), 8)[0] != 0));
    let words = text(&mut stream("t"), 1000);
    assert_eq!(words.len(), 1000);
    assert!(
        words
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || b" \n".contains(byte))
    );
    assert!(html_page(&mut stream("h")).starts_with(b"<!DOCTYPE html>"));
}

#[test]
fn an_independent_reader_sees_the_entries_in_their_order() {
    let mut entries = known_entries();
    entries.insert(0, Entry::new("z/last", "z"));
    entries.push(Entry::new("empty", ""));
    entries.push(Entry::new(
        [b"long/".as_slice(), &[b'n'; 90], b"/", &[b'm'; 60]].concat(),
        vec![9; 513],
    ));
    entries.push(Entry::new(b"assets/\xff\xfe".as_slice(), "not UTF-8"));
    for format in FORMATS {
        let content = Content::tar(entries.clone(), format).expect("it fits");
        assert_eq!(files(&content.body), entries, "{format:?}");
        assert_eq!(content.entries, entries);
        assert_eq!(content.media_type, TAR_MEDIA_TYPE);
        assert_eq!(content.body.len() % 10_240, 0);
        assert_eq!(
            content,
            Content::tar(entries.clone(), format).expect("it fits"),
            "the same plan, the same bytes"
        );
    }
}

#[test]
fn long_paths_travel_in_the_formats_that_hold_them() {
    for octets in [1, 101, 201, 256, 65_535, 65_536] {
        let path = long_path(octets);
        assert_eq!(path.len(), octets);
        assert!(
            path.split(|&octet| octet == b'/')
                .all(|segment| (1..=201).contains(&segment.len()))
        );
        let mut binary = path.clone();
        binary[0] = 0xff;
        let entries = [Entry::new(path, "x"), Entry::new(binary, "y")];
        for format in [Format::Pax, Format::Gnu] {
            let body = Archive::of_entries(&entries, format)
                .write()
                .expect("it fits");
            assert_eq!(files(&body), entries, "{octets} {format:?}");
        }
    }
    let too_long = Archive::of_entries(&[Entry::new(long_path(300), "x")], Format::Ustar).write();
    assert_eq!(
        too_long,
        Err(ArchiveError::PathDoesNotFit {
            octets: 300,
            format: Format::Ustar
        })
    );
}

#[test]
fn every_hostile_archive_holds_what_it_is_named_for() {
    for format in FORMATS {
        for &hostile in Hostile::ALL {
            let archive = hostile_archive(hostile, format, &mut stream("hostile"));
            let content = Content::archive(&archive)
                .unwrap_or_else(|error| panic!("{hostile:?} {format:?}: {error}"));
            let members = read(&content.body);
            let has = |kind: u8| members.iter().any(|(found, ..)| *found == kind);
            let paths: Vec<&[u8]> = members.iter().map(|(_, path, _)| path.as_slice()).collect();
            let twice = |path: &[u8]| paths.iter().filter(|found| **found == path).count() == 2;
            let holds = match hostile {
                Hostile::Absolute => paths.contains(&b"/etc/passwd".as_slice()),
                Hostile::ParentSegment => paths.contains(&b"assets/../../escape.txt".as_slice()),
                Hostile::ParentOnly => paths.contains(&b"..".as_slice()),
                Hostile::DotSegment => paths.contains(&b"assets/./b.txt".as_slice()),
                Hostile::EmptySegment => paths.contains(&b"assets//b.txt".as_slice()),
                Hostile::TrailingSlash => paths.contains(&b"assets/b/".as_slice()),
                Hostile::EmptyName => paths.contains(&b"".as_slice()),
                Hostile::NulInPath => paths.iter().any(|path| path.contains(&0)),
                Hostile::PathTooLong => paths.iter().any(|path| path.len() == 65_536),
                Hostile::Duplicate => {
                    twice(b"assets/a.txt") && last_of_each(&content.entries).len() == 2
                }
                Hostile::DuplicateOtherBytes => {
                    twice(b"assets/a.txt") && last_of_each(&content.entries) != content.entries[..2]
                }
                Hostile::FilePrefix => paths.ends_with(&[b"a", b"a/b"]),
                Hostile::FilePrefixReversed => paths.ends_with(&[b"a/b", b"a"]),
                Hostile::Hardlink => has(b'1'),
                Hostile::Symlink | Hostile::SymlinkOutside => has(b'2'),
                Hostile::CharacterDevice => has(b'3'),
                Hostile::BlockDevice => has(b'4'),
                Hostile::Fifo => has(b'6'),
                Hostile::GnuSparse => has(b'S'),
                Hostile::PaxSparse => content
                    .body
                    .windows(18)
                    .any(|window| window == b"GNU.sparse.major=1"),
                Hostile::NoComponent => !members.is_empty() && !paths.contains(&COMPONENT_PATH),
                Hostile::Empty => members.is_empty(),
            };
            assert!(holds, "{hostile:?} {format:?}: {members:?}");
            let benign: Vec<&Hostile> = [&Hostile::NoComponent, &Hostile::Empty]
                .into_iter()
                .collect();
            assert!(
                benign.contains(&&hostile) || paths.contains(&COMPONENT_PATH),
                "the rest of the archive is good"
            );
        }
    }
}

#[test]
fn a_careless_reader_of_a_gnu_sparse_file_gets_the_digest_right() {
    let archive = hostile_archive(Hostile::GnuSparse, Format::Ustar, &mut stream("sparse"));
    let seen: Vec<Entry> = read(&archive.write().expect("it fits"))
        .into_iter()
        .map(|(_, path, bytes)| Entry::new(path, bytes))
        .collect();
    assert_eq!(seen, archive.careless_entries());
    assert!(seen.iter().any(|entry| entry.bytes.len() == 4096));
}

#[test]
fn every_harmless_archive_reads_as_its_entries() {
    for format in FORMATS {
        for &harmless in Harmless::ALL {
            let archive = harmless_archive(harmless, format, &mut stream("harmless"));
            let content =
                Content::archive(&archive).unwrap_or_else(|error| panic!("{harmless:?}: {error}"));
            let mut seen = files(&content.body);
            for entry in &mut seen {
                if let Some(stripped) = entry.path.strip_prefix(b"./") {
                    entry.path = stripped.to_vec();
                }
            }
            assert_eq!(seen, content.entries, "{harmless:?} {format:?}");
            let mut paths: Vec<_> = seen.into_iter().map(|entry| entry.path).collect();
            let given = paths.len();
            paths.sort();
            paths.dedup();
            assert_eq!(paths.len(), given, "{harmless:?}: no duplicates");
        }
    }
}

#[test]
fn a_cut_archive_keeps_the_digest_of_the_whole() {
    let content = Content::tar(known_entries(), Format::Ustar).expect("it fits");
    let cut = content.truncated(700);
    assert_eq!(cut.body, content.body.slice(..700));
    assert_eq!(cut.entries, content.entries);
    assert_eq!(content.truncated(1_000_000), content);
}

#[test]
fn every_mutation_changes_one_thing() {
    let mut entries = known_entries();
    entries[0].bytes = component(&mut stream("component"), 600).expect("a size");
    entries.push(Entry::new("assets/b.txt", "b"));
    for mutation in [
        Mutation::ByteChanged,
        Mutation::ComponentByteChanged,
        Mutation::EntryAdded,
        Mutation::EntryRemoved,
        Mutation::EntryRenamed,
        Mutation::BytesSwapped,
    ] {
        let mutated = mutate(&entries, mutation, &mut stream("mutation")).expect("it applies");
        for algorithm in DigestAlgorithm::ALL {
            assert_ne!(
                index_digest(algorithm, &mutated),
                index_digest(algorithm, &entries),
                "{mutation:?}"
            );
        }
        let same = entries
            .iter()
            .filter(|entry| mutated.contains(entry))
            .count();
        let (length, unchanged) = match mutation {
            Mutation::EntryAdded => (4, 3),
            Mutation::EntryRemoved => (2, 2),
            Mutation::BytesSwapped => (3, 1),
            Mutation::ByteChanged | Mutation::ComponentByteChanged | Mutation::EntryRenamed => {
                (3, 2)
            }
        };
        assert_eq!((mutated.len(), same), (length, unchanged), "{mutation:?}");
        assert!(
            mutated.iter().any(|entry| entry.path == COMPONENT_PATH),
            "{mutation:?} keeps the component"
        );
    }
    let changed =
        mutate(&entries, Mutation::ComponentByteChanged, &mut stream("m")).expect("it applies");
    assert_one_custom_section(&changed[0].bytes);
    let error = mutate(&entries[..1], Mutation::EntryRemoved, &mut stream("m"))
        .expect_err("nothing to remove");
    assert_eq!(error.mutation, Mutation::EntryRemoved);
}

#[test]
fn pax_records_count_their_own_length() {
    for length in 0..1200 {
        let mut member = Member::file("a", "x");
        member.pax = vec![("comment".to_owned(), vec![b'c'; length])];
        let body = Archive {
            format: Format::Ustar,
            members: vec![member],
            short_end: true,
        }
        .write()
        .expect("it fits");
        let mut archive = tar::Archive::new(body.as_ref());
        let mut entry = archive
            .entries()
            .expect("a start")
            .next()
            .expect("an entry")
            .expect("a good one");
        let records = entry.pax_extensions().expect("readable").expect("there");
        let record = records.last().expect("one record").expect("well-formed");
        assert_eq!(record.value_bytes().len(), length);
    }
}
