//! How large the contents of a case are, as far as the file says it in numbers.

use std::collections::HashMap;

use super::action::{BodySpec, Count};
use super::case::CaseContent;
use super::content_spec::{ComponentSpec, ContentSpec, SEEDED_COMPONENT_SIZE};
use super::model::CaseFile;
use crate::content::EMPTY_COMPONENT;

/// Octets of contents by name; those whose size is known only when the case runs are not among them.
type Sizes<'a> = HashMap<&'a str, u64>;

impl CaseFile {
    /// Octets of the largest content whose size stands in the file. What depends on the limits of the target is no part of
    /// it: such a content is meant to be beyond them, or just within.
    pub fn largest_content(&self) -> u64 {
        let mut sizes = Sizes::new();
        for (name, spec) in &self.given {
            if let Some(size) = of_content(spec, &sizes) {
                sizes.insert(name, size);
            }
        }
        sizes.into_values().max().unwrap_or_default()
    }
}

/// Octets beyond which a content is large.
const LARGE: u64 = 4 << 20;

impl CaseContent {
    /// Whether it has a content that takes much memory where a target takes contents of `limit` octets: by what the file says in numbers, or
    /// since it is made to that limit.
    pub fn has_large_content(&self, limit: u64) -> bool {
        let is_made_to_limit = || self.raw["given"].to_string().contains("limits.content");
        self.file.largest_content() > LARGE || (limit > LARGE && is_made_to_limit())
    }
}

fn of_content(spec: &ContentSpec, sizes: &Sizes<'_>) -> Option<u64> {
    match spec {
        ContentSpec::Component(ComponentSpec::Seeded) => Some(SEEDED_COMPONENT_SIZE as u64),
        ContentSpec::Component(ComponentSpec::Empty) => Some(EMPTY_COMPONENT.len() as u64),
        ContentSpec::Component(ComponentSpec::Sized { size })
        | ContentSpec::Random(size)
        | ContentSpec::Text(size) => of_count(size),
        ContentSpec::Octets(body) => of_body(body, sizes),
        // The limit counts entries, not the archive around them.
        ContentSpec::Entries(spec) => {
            let component = if spec.files.contains_key("component.wasm") {
                0
            } else {
                SEEDED_COMPONENT_SIZE as u64
            };
            let files = spec.files.values().flatten();
            files
                .map(|body| of_body(body, sizes))
                .try_fold(component, |sum, size| sum.checked_add(size?))
        }
        // A change adds or takes an entry of a few octets at most.
        ContentSpec::Mutation(spec) => sizes.get(spec.of.as_str()).copied(),
        // The digest stays that of the whole, which is in `sizes` itself.
        ContentSpec::Truncated(spec) => of_count(&spec.to),
        // A few KiB, by what makes them.
        ContentSpec::HtmlPage {}
        | ContentSpec::CoreModule {}
        | ContentSpec::Hostile(_)
        | ContentSpec::Harmless(_) => None,
    }
}

fn of_body(body: &BodySpec, sizes: &Sizes<'_>) -> Option<u64> {
    let length = |text: &str| (!text.contains("$(")).then_some(text.len() as u64);
    match body {
        BodySpec::Text(text) => length(text),
        BodySpec::Json(value) => length(&value.to_string()),
        BodySpec::Hex(text) => {
            let digits: String = text.split_whitespace().collect();
            length(&digits).map(|digits| digits / 2)
        }
        BodySpec::Content(name) => sizes.get(name.as_str()).copied(),
        BodySpec::Repeat(repeat) => of_count(&repeat.times)?
            .checked_mul(length(&repeat.text)?)?
            .checked_add(length(&repeat.prefix)?)?
            .checked_add(length(&repeat.suffix)?),
        BodySpec::Concat(parts) => parts
            .iter()
            .map(|part| of_body(part, sizes))
            .try_fold(0_u64, |sum, size| sum.checked_add(size?)),
    }
}

/// None for a template.
fn of_count(count: &Count) -> Option<u64> {
    count.value().ok()
}
