//! The content index: known answers, order, changes, and entries that come one by one.

use mock_registry::{
    content::{
        ContentError, ContentFormat, ContentPolicy, ContentReader, ContentSummary, EntryPath,
    },
    digest::DigestAlgorithm,
};

use crate::{
    archive::{Archive, COMPONENT},
    support::{index_by_hand, options, read_tar, read_with, sha256_of_index},
};

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
