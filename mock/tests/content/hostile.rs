//! Archives cut and broken anywhere.

use mock_registry::content::{ContentError, ContentFormat, ContentReader};

use crate::{
    archive::{Archive, COMPONENT, Record, fix_checksum, pax},
    support::{options, read_tar},
};

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
                    fix_checksum(&mut broken, at / 512 * 512);
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
