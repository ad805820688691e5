//! JSON in lines: one for each member of the document, and one for each element of a list in it.

use std::io::{Result, Write};

use serde_json::ser::Formatter;

/// Depth from which on everything stands in one line.
const ONE_LINE: usize = 2;

/// Breaks lines where people and `diff` look, and nowhere else.
#[derive(Debug, Default)]
pub(super) struct Lines {
    depth: usize,
    is_empty: bool,
}

impl Lines {
    fn begin<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: &[u8]) -> Result<()> {
        self.depth += 1;
        self.is_empty = true;
        writer.write_all(bracket)
    }

    fn next<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.is_empty = false;
        self.line(writer, self.depth)
    }

    fn end<W: Write + ?Sized>(&mut self, writer: &mut W, bracket: &[u8]) -> Result<()> {
        self.depth -= 1;
        if !self.is_empty && self.depth < ONE_LINE {
            self.line(writer, self.depth)?;
        }
        self.is_empty = false;
        writer.write_all(bracket)
    }

    fn line<W: Write + ?Sized>(&self, writer: &mut W, indent: usize) -> Result<()> {
        if self.depth > ONE_LINE {
            return Ok(());
        }
        writer.write_all(b"\n")?;
        (0..indent).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.begin(writer, b"[")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.next(writer, first)
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.end(writer, b"]")
    }

    fn begin_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.begin(writer, b"{")
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> Result<()> {
        self.next(writer, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        writer.write_all(b": ")
    }

    fn end_object<W: Write + ?Sized>(&mut self, writer: &mut W) -> Result<()> {
        self.end(writer, b"}")
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize as _;
    use serde_json::json;

    use super::Lines;

    #[test]
    fn an_element_of_a_list_is_a_line() {
        let document =
            json!({"tool": "x", "none": [], "cases": [{"id": "a", "steps": [1, {"b": 2}]}, {}]});
        let mut octets = Vec::new();
        document
            .serialize(&mut serde_json::Serializer::with_formatter(
                &mut octets,
                Lines::default(),
            ))
            .unwrap();
        let text = String::from_utf8(octets).unwrap();
        assert_eq!(
            text,
            "{\n  \"tool\": \"x\",\n  \"none\": [],\n  \"cases\": [\n    {\"id\": \"a\",\"steps\": [1,{\"b\": 2}]},\n    {}\n  ]\n}"
        );
    }
}
