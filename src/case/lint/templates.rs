//! Templates that name what is not there.

use serde_json::Value;

use super::file::Lint;
use crate::case::template;
use crate::suggest;
use crate::yaml;

/// Roots of templates that every case has.
pub const TEMPLATE_ROOTS: &[&str] = &[
    "registry",
    "limits",
    "owner",
    "other",
    "reader",
    "capability",
    "step",
    "saved",
    "secret",
    "fresh",
    "outside",
    "now",
    "http-date",
    "problem",
    "private-namespace",
];

impl Lint<'_> {
    pub(super) fn templates(&mut self, pointer: &mut String, value: &Value) {
        let length = pointer.len();
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    self.templates(pointer, item);
                    pointer.truncate(length);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    self.template(pointer, name);
                    pointer.push('/');
                    pointer.push_str(&yaml::escape(name));
                    self.templates(pointer, member);
                    pointer.truncate(length);
                }
            }
            Value::String(text) => self.template(pointer, text),
            _ => {}
        }
    }

    /// The names in one text.
    fn template(&mut self, pointer: &str, text: &str) {
        if !text.contains("$(") {
            return;
        }
        for name in template::names(&Value::from(text)) {
            let root = name.split('.').next().unwrap_or_default();
            let is_known = TEMPLATE_ROOTS.contains(&root)
                || root.starts_with("fresh-")
                || self.releases.contains(root)
                || self.file.hosts.contains_key(root)
                || self.file.given.contains_key(root)
                || root == "manifest-reader";
            let of_case = self.file.given.contains_key(root) || self.file.hosts.contains_key(root);
            let member = name.split_once('.').map_or("", |(_, member)| member);
            let is_of_identity = matches!(member, "namespace" | "token");
            if of_case && TEMPLATE_ROOTS.contains(&root) && !is_of_identity {
                self.found.push((
                    pointer.to_owned(),
                    format!("$({name}) does not mean what the case calls `{root}`: every case has a `{root}` already; use another name"),
                ));
            }
            if !is_known {
                let known: Vec<&str> = TEMPLATE_ROOTS
                    .iter()
                    .copied()
                    .chain(self.releases.iter().map(String::as_str))
                    .chain(self.file.hosts.keys().map(String::as_str))
                    .collect();
                let hint = suggest::hint(root, known);
                self.found.push((
                    pointer.to_owned(),
                    format!("$({name}) means nothing here{hint}"),
                ));
            }
        }
    }
}
