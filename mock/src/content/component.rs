//! Streaming check that bytes are a WebAssembly component.

/// Preamble of a component: magic, version 13, layer 1.
const PREAMBLE: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/// Highest section id of the component model's binary format (values).
const MAX_SECTION_ID: u8 = 12;

const CUSTOM_SECTION: u8 = 0;

/// Checks the preamble and that sections fill the bytes exactly (DIG-10); of what is in the sections only
/// that a custom section begins with a name.
#[derive(Debug, Clone)]
pub(super) struct ComponentCheck(State);

#[derive(Debug, Clone, Copy)]
enum State {
    Preamble { matched: usize },
    SectionId,
    SectionSize { id: u8, size: Leb128 },
    NameLength { rest: u32, length: Leb128 },
    Body { rest: u32 },
    Broken,
}

impl ComponentCheck {
    pub(super) fn new() -> Self {
        Self(State::Preamble { matched: 0 })
    }

    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        while let Some((&octet, after)) = bytes.split_first() {
            match self.0 {
                State::Broken => return,
                // Bodies are skipped whole: everything else is a few octets a section.
                State::Body { rest } => {
                    let available = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
                    let skipped = rest.min(available);
                    self.0 = body(rest - skipped);
                    bytes = bytes.get(skipped as usize..).unwrap_or_default();
                }
                state => {
                    self.0 = step(state, octet);
                    bytes = after;
                }
            }
        }
    }

    pub(super) fn finish(&self) -> bool {
        matches!(self.0, State::SectionId)
    }
}

fn step(state: State, octet: u8) -> State {
    match state {
        State::Preamble { matched } if PREAMBLE.get(matched) != Some(&octet) => State::Broken,
        State::Preamble { matched } if matched + 1 == PREAMBLE.len() => State::SectionId,
        State::Preamble { matched } => State::Preamble {
            matched: matched + 1,
        },
        State::SectionId if octet > MAX_SECTION_ID => State::Broken,
        State::SectionId => State::SectionSize {
            id: octet,
            size: Leb128::default(),
        },
        State::SectionSize { id, size } => match size.push(octet) {
            Progress::More(size) => State::SectionSize { id, size },
            Progress::Done(rest) if id == CUSTOM_SECTION => State::NameLength {
                rest,
                length: Leb128::default(),
            },
            Progress::Done(rest) => body(rest),
            Progress::Broken => State::Broken,
        },
        State::NameLength { rest: 0, .. } => State::Broken,
        State::NameLength { rest, length } => match length.push(octet) {
            Progress::More(length) => State::NameLength {
                rest: rest - 1,
                length,
            },
            Progress::Done(name) if name > rest - 1 => State::Broken,
            Progress::Done(_) => body(rest - 1),
            Progress::Broken => State::Broken,
        },
        State::Body { .. } | State::Broken => state,
    }
}

fn body(rest: u32) -> State {
    match rest {
        0 => State::SectionId,
        rest => State::Body { rest },
    }
}

/// An unsigned 32-bit LEB128 number as far as it was read.
#[derive(Debug, Clone, Copy, Default)]
struct Leb128 {
    value: u32,
    octets: u32,
}

enum Progress {
    More(Leb128),
    Done(u32),
    Broken,
}

impl Leb128 {
    fn push(self, octet: u8) -> Progress {
        let bits = u32::from(octet & 0x7f);
        // The fifth octet has room for four bits, and nothing may follow it.
        if self.octets == 4 && octet > 0x0f {
            return Progress::Broken;
        }
        let next = Self {
            value: self.value | bits << (7 * self.octets),
            octets: self.octets + 1,
        };
        if octet & 0x80 == 0 {
            Progress::Done(next.value)
        } else {
            Progress::More(next)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_component(bytes: &[u8]) -> bool {
        let mut whole = ComponentCheck::new();
        whole.update(bytes);
        let mut by_octet = ComponentCheck::new();
        bytes.chunks(1).for_each(|octet| by_octet.update(octet));
        assert_eq!(whole.finish(), by_octet.finish(), "{bytes:?}");
        whole.finish()
    }

    fn after_preamble(sections: &[u8]) -> bool {
        is_component(&[&PREAMBLE, sections].concat())
    }

    #[test]
    fn components_are_known_by_their_framing() {
        assert!(is_component(&PREAMBLE));
        let good: &[&[u8]] = &[
            // A custom section named `a` with two octets, then another without any.
            &[0, 4, 1, b'a', 1, 2],
            &[0, 1, 0, 0, 1, 0],
            // A size that takes more octets than it needs.
            &[0, 0x82, 0x80, 0x80, 0x80, 0x00, 1, b'a'],
            &[7, 0],
            &[12, 3, 9, 9, 9],
        ];
        for sections in good {
            assert!(after_preamble(sections), "{sections:?}");
        }
        let long = [&[0, 0x83, 0x02, 0x00][..], &[7; 258]].concat();
        assert!(after_preamble(&long));
    }

    #[test]
    fn anything_else_is_no_component() {
        assert!(!is_component(b""));
        assert!(!is_component(&PREAMBLE[..7]));
        // A core module, another version, a page.
        assert!(!is_component(b"\0asm\x01\0\0\0"));
        assert!(!is_component(b"\0asm\x0c\0\x01\0"));
        assert!(!is_component(b"<!doctype html><title>Not found</title>"));
        let bad: &[&[u8]] = &[
            &[0],
            &[0, 1],
            &[0, 4, 1, b'a', 1],
            &[0, 0],
            &[0, 1, 1],
            &[0, 1, 0x80],
            &[0, 3, 3, b'a', b'b'],
            &[13, 0],
            &[1, 0x80, 0x80, 0x80, 0x80, 0x10],
            &[1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
            &[1, 0xff, 0xff, 0xff, 0xff, 0x0f],
            &[1, 0, 0],
        ];
        for sections in bad {
            assert!(!after_preamble(sections), "{sections:?}");
        }
    }
}
