//! Builds one JSON value from parser events, without recursion, so that nesting can not exhaust the stack.

use std::collections::HashMap;

use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{ScalarStyle, Tag};

use super::{Position, Spans, YamlError, escape, scalar};

/// Levels of nesting in the value, aliases included. Keeps later recursive walks (drop, clone, validation) safe.
const MAX_DEPTH: usize = 100;
/// Values in the document, the copies that aliases make included.
const MAX_VALUES: usize = 200_000;
/// Octets of text in the document, the copies that aliases make included.
const MAX_OCTETS: usize = 16 * 1024 * 1024;

/// How much a value weighs against the limits.
#[derive(Clone, Copy, Default)]
struct Weight {
    depth: usize,
    values: usize,
    octets: usize,
}

impl Weight {
    fn add(&mut self, other: Self, position: Position) -> Result<(), YamlError> {
        self.values += other.values;
        self.octets += other.octets;
        if self.values > MAX_VALUES || self.octets > MAX_OCTETS {
            return Err(YamlError::new(
                position,
                "the document is too large; do its aliases multiply?",
            ));
        }
        Ok(())
    }
}

enum Collection {
    Sequence(Vec<Value>),
    Mapping {
        members: Map<String, Value>,
        key: Option<String>,
    },
}

struct Open {
    collection: Collection,
    anchor: usize,
    pointer: String,
    weight: Weight,
}

#[derive(Default)]
pub(super) struct Builder {
    stack: Vec<Open>,
    root: Option<Value>,
    documents: usize,
    /// Finished anchored values; one that is missing is still open, so its alias would hold itself.
    anchors: HashMap<usize, (Value, Weight)>,
    total: Weight,
    spans: Spans,
}

impl Builder {
    pub(super) fn document(&mut self, position: Position) -> Result<(), YamlError> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(YamlError::new(
                position,
                "a second document begins; one file holds one document",
            ));
        }
        Ok(())
    }

    pub(super) fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        position: Position,
    ) -> Result<(), YamlError> {
        if self.expects_key() {
            if anchor != 0 {
                let value = Value::String(text.to_owned());
                self.anchors.insert(
                    anchor,
                    (
                        value,
                        Weight {
                            depth: 1,
                            values: 1,
                            octets: text.len(),
                        },
                    ),
                );
            }
            if text == "<<" && style == ScalarStyle::Plain {
                return Err(YamlError::new(
                    position,
                    "merge keys (`<<`) are not supported; write the members out",
                ));
            }
            return self.key(text, position);
        }
        let value = scalar::resolve(text, style, tag)
            .map_err(|message| YamlError::new(position, message))?;
        let weight = Weight {
            depth: 1,
            values: 1,
            octets: text.len(),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), weight));
        }
        self.mark(position);
        self.add(value, weight, position)
    }

    pub(super) fn start_sequence(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        position: Position,
    ) -> Result<(), YamlError> {
        expect_tag(tag, "seq", position)?;
        self.open(Collection::Sequence(Vec::new()), anchor, position)
    }

    pub(super) fn start_mapping(
        &mut self,
        anchor: usize,
        tag: Option<&Tag>,
        position: Position,
    ) -> Result<(), YamlError> {
        expect_tag(tag, "map", position)?;
        self.open(
            Collection::Mapping {
                members: Map::new(),
                key: None,
            },
            anchor,
            position,
        )
    }

    pub(super) fn end(&mut self, position: Position) -> Result<(), YamlError> {
        let Some(open) = self.stack.pop() else {
            return Ok(());
        };
        let value = match open.collection {
            Collection::Sequence(items) => Value::Array(items),
            Collection::Mapping { members, .. } => Value::Object(members),
        };
        if open.anchor != 0 {
            self.total.add(open.weight, position)?;
            self.anchors
                .insert(open.anchor, (value.clone(), open.weight));
        }
        // Its parts were counted one by one; only the depth still has to reach the parent.
        self.attach(value, open.weight, position)
    }

    pub(super) fn alias(&mut self, anchor: usize, position: Position) -> Result<(), YamlError> {
        let Some((value, weight)) = self.anchors.get(&anchor) else {
            return Err(YamlError::new(
                position,
                "this alias stands inside the value that it names",
            ));
        };
        let weight = *weight;
        // The limits are checked before the copy is made.
        self.total.add(weight, position)?;
        let value = value.clone();
        if self.expects_key() {
            return match value {
                Value::String(key) => self.key(&key, position),
                _ => Err(YamlError::new(position, "a member name must be text")),
            };
        }
        self.mark(position);
        self.attach(value, weight, position)
    }

    /// The value (`null` for an empty document) and the places.
    pub(super) fn finish(self) -> (Value, Spans) {
        (self.root.unwrap_or_default(), self.spans)
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.stack.last(),
            Some(Open {
                collection: Collection::Mapping { key: None, .. },
                ..
            })
        )
    }

    fn key(&mut self, text: &str, position: Position) -> Result<(), YamlError> {
        self.total.add(
            Weight {
                depth: 0,
                values: 1,
                octets: text.len(),
            },
            position,
        )?;
        let Some(Open {
            collection: Collection::Mapping { members, key },
            pointer,
            ..
        }) = self.stack.last_mut()
        else {
            return Ok(());
        };
        let here = format!("{pointer}/{}", escape(text));
        if members.contains_key(text) {
            let first = self.spans.key(&here);
            return Err(YamlError::new(
                position,
                format!(
                    "duplicate member `{text}`; it stands in line {} already",
                    first.line
                ),
            ));
        }
        self.spans.keys.insert(here, position);
        *key = Some(text.to_owned());
        Ok(())
    }

    fn open(
        &mut self,
        collection: Collection,
        anchor: usize,
        position: Position,
    ) -> Result<(), YamlError> {
        if self.expects_key() {
            return Err(YamlError::new(
                position,
                "a member name must be text, not a collection",
            ));
        }
        let weight = Weight {
            depth: 1,
            values: 1,
            octets: 0,
        };
        self.total.add(weight, position)?;
        if self.stack.len() >= MAX_DEPTH {
            return Err(YamlError::new(
                position,
                format!("nested deeper than {MAX_DEPTH} levels"),
            ));
        }
        self.mark(position);
        let pointer = self.pointer();
        self.stack.push(Open {
            collection,
            anchor,
            pointer,
            weight,
        });
        Ok(())
    }

    fn add(&mut self, value: Value, weight: Weight, position: Position) -> Result<(), YamlError> {
        self.total.add(weight, position)?;
        self.attach(value, weight, position)
    }

    /// Puts a value that is already counted where the document is.
    fn attach(
        &mut self,
        value: Value,
        weight: Weight,
        position: Position,
    ) -> Result<(), YamlError> {
        if self.stack.len() + weight.depth > MAX_DEPTH {
            return Err(YamlError::new(
                position,
                format!("nested deeper than {MAX_DEPTH} levels"),
            ));
        }
        match self.stack.last_mut() {
            None => self.root = Some(value),
            Some(parent) => {
                parent.weight.depth = parent.weight.depth.max(weight.depth + 1);
                parent.weight.values += weight.values;
                parent.weight.octets += weight.octets;
                match &mut parent.collection {
                    Collection::Sequence(items) => items.push(value),
                    Collection::Mapping { members, key } => {
                        if let Some(key) = key.take() {
                            parent.weight.octets += key.len();
                            members.insert(key, value);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn mark(&mut self, position: Position) {
        let pointer = self.pointer();
        self.spans.values.insert(pointer, position);
    }

    /// The pointer of the value that comes next.
    fn pointer(&self) -> String {
        match self.stack.last() {
            None => String::new(),
            Some(open) => match &open.collection {
                Collection::Sequence(items) => format!("{}/{}", open.pointer, items.len()),
                Collection::Mapping { key, .. } => {
                    format!(
                        "{}/{}",
                        open.pointer,
                        escape(key.as_deref().unwrap_or_default())
                    )
                }
            },
        }
    }
}

fn expect_tag(tag: Option<&Tag>, kind: &str, position: Position) -> Result<(), YamlError> {
    match tag {
        Some(tag) if tag.core_suffix() != Some(kind) => Err(YamlError::new(
            position,
            format!("the tag `{}` is not understood here", tag.original()),
        )),
        _ => Ok(()),
    }
}
