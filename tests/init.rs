//! The target file that `init` writes is complete: every member of the schema, at its default, with a comment.

use registry_conformance::yaml::Located;
use serde_json::Value;

const TEMPLATE: &str = include_str!("../src/cli/init.yaml");
/// What can not stand there at once with the rest; a comment has it.
const IN_A_COMMENT: &[&str] = &["manifest-reader", "token-command", "headers"];

fn schema() -> Value {
    serde_json::from_str(include_str!("../schemas/target.schema.json")).unwrap()
}

/// Compares an object of the file with the members that the schema has for it.
fn compare(place: &str, members: &Value, written: &Value, schema: &Value, wrong: &mut Vec<String>) {
    let mut written_members = written.as_object().cloned().unwrap_or_default();
    for (name, member) in members.as_object().into_iter().flatten() {
        let here = format!("{place}/{name}");
        let is_reader = place == "/identities/reader" && name == "namespace";
        if IN_A_COMMENT.contains(&name.as_str()) {
            let in_comment = TEMPLATE.lines().any(|line| {
                line.trim_start().starts_with('#') && line.contains(&format!("{name}:"))
            });
            if !in_comment {
                wrong.push(format!("{here} is in no comment"));
            }
            continue;
        }
        let Some(value) = written_members.shift_remove(name) else {
            if !is_reader {
                wrong.push(format!("{here} is not there"));
            }
            continue;
        };
        let member = match member.get("$ref") {
            Some(_) => &schema["$defs"]["identity"],
            None => member,
        };
        if let Some(default) = member.get("default")
            && *default != value
        {
            wrong.push(format!("{here} is {value}, and the default {default}"));
        }
        if let Some(members) = member.get("properties") {
            compare(&here, members, &value, schema, wrong);
        }
    }
    for name in written_members.keys() {
        wrong.push(format!("{place}/{name} is not in the schema"));
    }
}

#[test]
fn every_member_is_there_at_its_default() {
    let written = Located::parse(TEMPLATE).unwrap().value;
    let schema = schema();
    let mut wrong = Vec::new();
    compare("", &schema["properties"], &written, &schema, &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_member_has_a_comment() {
    let lines: Vec<&str> = TEMPLATE.lines().collect();
    let bare: Vec<&str> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .filter(|(number, line)| {
            let above = number
                .checked_sub(1)
                .and_then(|above| lines.get(above))
                .is_some_and(|above| above.starts_with('#'));
            !line.contains(" # ") && !above
        })
        .map(|(_, line)| *line)
        .collect();
    assert!(bare.is_empty(), "{bare:#?}");
    assert!(lines.iter().all(|line| line.chars().count() <= 130));
}
