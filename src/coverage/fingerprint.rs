//! What a document of the matrix was made of, in a few digits.

use sha2::{Digest, Sha256};

use super::defect_run::DefectInfo;
use super::inventory::Inventory;
use crate::requirement;

/// Digits that are shown: enough that no two states of one repository have the same.
const DIGITS: usize = 16;

/// The octets of the case files in order, the rules and the list of defects, hashed with SHA-256; the first hex digits of it.
///
/// Line ends do not count, since Git may write them in another way on another machine.
pub fn fingerprint(inventory: &Inventory, defects: &[DefectInfo]) -> String {
    let mut hasher = Sha256::new();
    let mut add = |octets: &[u8]| {
        // With their length, so that nothing can move from one part into the next.
        hasher.update((octets.len() as u64).to_be_bytes());
        hasher.update(octets);
    };
    for (file, digest) in &inventory.files {
        add(file.as_bytes());
        add(digest);
    }
    add(&digest_of_text(requirement::TEXT));
    for defect in defects {
        for part in [&defect.name, &defect.rule, &defect.what] {
            add(part.as_bytes());
        }
        for rule in &defect.also {
            add(rule.as_bytes());
        }
    }
    let mut hex = hex::encode(hasher.finalize());
    hex.truncate(DIGITS);
    hex
}

/// SHA-256 of a text with `\n` at the ends of its lines.
pub fn digest_of_text(text: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for (index, part) in text.split("\r\n").enumerate() {
        if index > 0 {
            hasher.update(b"\n");
        }
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}
