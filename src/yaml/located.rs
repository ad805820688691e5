use std::collections::BTreeMap;

use serde_json::Value;
use serde_saphyr::granit_parser::{Event, Marker, Parser};

use super::{YamlError, builder::Builder};

/// The largest text that is read, in octets: far beyond any file a person writes.
const MAX_TEXT: usize = 4 * 1024 * 1024;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
}

impl From<&Marker> for Position {
    fn from(marker: &Marker) -> Self {
        Self {
            line: marker.line().max(1),
            column: marker.col() + 1,
        }
    }
}

/// Where the values and member names of a document stand, by JSON pointer (RFC 6901).
#[derive(Clone, Debug, Default)]
pub struct Spans {
    pub(super) values: BTreeMap<String, Position>,
    pub(super) keys: BTreeMap<String, Position>,
}

impl Spans {
    /// Where the value at `pointer` begins. What has no place of its own (a missing member, the inside of an
    /// alias) is found at its nearest parent.
    pub fn value(&self, pointer: &str) -> Position {
        let mut pointer = pointer;
        loop {
            if let Some(position) = self.values.get(pointer) {
                return *position;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return Position::default(),
            }
        }
    }

    /// All values with their places, in order of their pointers.
    pub fn values(&self) -> impl Iterator<Item = (&str, Position)> {
        self.values
            .iter()
            .map(|(pointer, position)| (pointer.as_str(), *position))
    }

    /// Where the name of the member at `pointer` begins; of an item of a sequence, where its value does.
    pub fn key(&self, pointer: &str) -> Position {
        self.keys
            .get(pointer)
            .copied()
            .unwrap_or_else(|| self.value(pointer))
    }
}

/// One YAML document as a JSON value, with the place of each of its parts.
#[derive(Clone, Debug)]
pub struct Located {
    /// The value. An empty document is `null`.
    pub value: Value,
    /// The places.
    pub spans: Spans,
}

impl Located {
    /// Reads one document of the YAML 1.2 core schema.
    ///
    /// Scalars resolve as in the core schema; quoted ones are strings. Aliases are copied in, bounded in number
    /// and depth, so that no text grows beyond its means. Refused, since they have no JSON form or hide a
    /// mistake: duplicate member names, collections as member names, tags outside the core schema, merge keys
    /// (`<<`), not-a-number, infinities, integers beyond 64 bits, a second document.
    pub fn parse(text: &str) -> Result<Self, YamlError> {
        if text.len() > MAX_TEXT {
            return Err(YamlError::new(
                Position::default(),
                format!("the text is longer than {MAX_TEXT} octets"),
            ));
        }
        let options = serde_saphyr::granit_parser::options! { emit_comments: false };
        let mut builder = Builder::default();
        for next in Parser::new_from_str_with_options(text, options) {
            let (event, span) =
                next.map_err(|error| YamlError::new(Position::from(error.marker()), error.info()))?;
            let position = Position::from(&span.start);
            match event {
                Event::DocumentStart(..) => builder.document(position)?,
                Event::Scalar(value, style, anchor, tag) => {
                    builder.scalar(&value, style, anchor, tag.as_deref(), position)?;
                }
                Event::SequenceStart(_, anchor, tag) => {
                    builder.start_sequence(anchor, tag.as_deref(), position)?;
                }
                Event::MappingStart(_, anchor, tag) => {
                    builder.start_mapping(anchor, tag.as_deref(), position)?;
                }
                Event::SequenceEnd | Event::MappingEnd => builder.end(position)?,
                Event::Alias(anchor) => builder.alias(anchor, position)?,
                _ => {}
            }
        }
        let (value, spans) = builder.finish();
        Ok(Self { value, spans })
    }
}
