//! The exchanges of cases as the page's script unpacks them: JSON, deflated, in base64, some cases together.
//!
//! In this form nothing of a registry's is markup or script; and what is alike from case to case, as most of it is, takes room once.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value;

use super::details::{Detail, document, length};
use super::shares::shares;
use crate::report::model::ReportedCase;

/// Cases of a pack.
const TOGETHER: usize = 16;

/// Characters of a text that are kept where there is room.
const TEXT: usize = 4_096;

/// How much of a case is told, from all that there is room for to nothing.
const DETAILS: [Detail; 8] = [
    Detail::Texts(TEXT),
    Detail::Texts(1_024),
    Detail::Texts(384),
    Detail::Texts(128),
    Detail::Lines(usize::MAX),
    Detail::Lines(20),
    Detail::Lines(5),
    Detail::Lines(0),
];

/// Octets of a case before it is packed.
const CASE: usize = 128 * 1024;

/// The same of all cases: packing takes time.
const CASES: usize = 64 * 1024 * 1024;

/// Cases, packed.
#[derive(Default)]
pub(super) struct Packs {
    /// The packs, one after another.
    pub texts: Vec<String>,
    /// Octets of them.
    pub length: usize,
    /// Cases of which less is told than there would be room for, were there fewer.
    pub shortened: usize,
}

impl Packs {
    /// Packs cases into this many octets more; gives the place of each: the pack and the index in it.
    pub(super) fn add(&mut self, cases: &[&ReportedCase], room: usize) -> Vec<(usize, usize)> {
        let wanted: Vec<usize> = cases
            .iter()
            .map(|case| length(case, TEXT).min(CASE))
            .collect();
        // A case is longer than its texts.
        let caps: Vec<usize> = if wanted.iter().sum::<usize>() <= CASES {
            vec![CASE; wanted.len()]
        } else {
            shares(&wanted, CASES)
        };
        let packs: Vec<(&[&ReportedCase], &[usize])> =
            cases.chunks(TOGETHER).zip(caps.chunks(TOGETHER)).collect();
        let packed: Vec<Pack> = packs
            .iter()
            .map(|(cases, caps)| Pack::of(cases, caps, CASE))
            .collect();
        let wanted: Vec<usize> = packed.iter().map(|pack| pack.text.len()).collect();
        let first = self.texts.len();
        for (((cases, caps), pack), room) in
            packs.into_iter().zip(packed).zip(shares(&wanted, room))
        {
            let pack = pack.within(room, cases, caps);
            self.length += pack.text.len();
            self.shortened += pack.shortened;
            self.texts.push(pack.text);
        }
        (0..cases.len())
            .map(|index| (first + index / TOGETHER, index % TOGETHER))
            .collect()
    }
}

struct Pack {
    text: String,
    shortened: usize,
    /// Octets of the largest case, unpacked.
    largest: usize,
}

impl Pack {
    /// Cases with so many octets each, and no more than the one cap for all.
    fn of(cases: &[&ReportedCase], caps: &[usize], cap: usize) -> Self {
        let mut shortened = 0;
        let mut largest = 0;
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        for (index, (case, own)) in cases.iter().zip(caps).enumerate() {
            let (detail, text) = told(case, cap.min(*own));
            shortened += usize::from(detail != DETAILS[0]);
            largest = largest.max(text.len());
            // A vector takes everything.
            let _ = encoder.write_all(if index == 0 { b"[" } else { b"," });
            let _ = encoder.write_all(text.as_bytes());
        }
        let _ = encoder.write_all(b"]");
        Self {
            text: STANDARD.encode(encoder.finish().unwrap_or_default()),
            shortened,
            largest,
        }
    }

    /// The same cases in so many octets: the largest lose, the others stay as they are.
    fn within(self, room: usize, cases: &[&ReportedCase], caps: &[usize]) -> Self {
        let mut pack = self;
        if pack.text.len() <= room {
            return pack;
        }
        let lengths: Vec<[usize; DETAILS.len()]> = cases
            .iter()
            .map(|case| DETAILS.map(|detail| document(case, detail).to_string().len()))
            .collect();
        let mut cap = pack.largest;
        while pack.text.len() > room && cap > 0 {
            // What is less alike packs less well, hence a little less than in proportion.
            let unpacked = total(&lengths, caps, cap) / 10 * 9 * room / pack.text.len();
            while cap > 0 && total(&lengths, caps, cap) > unpacked {
                cap = cap / 10 * 9;
            }
            pack = Self::of(cases, caps, cap);
        }
        pack
    }
}

/// Octets of cases, each as far as it goes into its cap and the one of all.
fn total(lengths: &[[usize; DETAILS.len()]], caps: &[usize], cap: usize) -> usize {
    lengths
        .iter()
        .zip(caps)
        .map(|(lengths, own)| {
            let most = cap.min(*own);
            let fitting = lengths.iter().find(|length| **length <= most);
            fitting.or(lengths.last()).copied().unwrap_or_default()
        })
        .sum()
}

/// As much of a case as goes into so many octets; of what does not, as little as there is.
fn told(case: &ReportedCase, most: usize) -> (Detail, String) {
    let mut last = (Detail::Lines(0), Value::Null.to_string());
    for detail in DETAILS {
        if matches!(detail, Detail::Texts(limit) if length(case, limit) > most) {
            continue;
        }
        last = (detail, document(case, detail).to_string());
        if last.1.len() <= most {
            break;
        }
    }
    last
}
