//! What is seen of each capability against what is declared.

use serde_json::{Map, Value};

use super::chart::{Chart, Trouble};
use super::probes::{Known, Observation, probe};
use super::visit::Visit;
use crate::target::{CAPABILITIES, CapabilityDefinition, CapabilityValue};

/// What was seen against what is declared.
#[derive(Debug, PartialEq, Eq)]
enum Comparison {
    AsDeclared,
    /// There, and its cases are skipped.
    Undeclared,
    /// Not what is declared.
    Missing,
}

/// Probes all capabilities. What is there and not declared comes back, as the target file would say it.
pub(super) async fn capabilities(
    visit: &mut Visit<'_>,
    chart: &mut Chart,
    mut known: Known<'_>,
) -> Map<String, Value> {
    let mut undeclared = Map::new();
    let mut absent: Vec<&str> = Vec::new();
    for row in CAPABILITIES {
        if visit.over().is_some() {
            break;
        }
        if let Some(outer) = row.within.filter(|outer| absent.contains(outer)) {
            chart.not_checked(row.name, format!("means nothing without `{outer}`"));
            continue;
        }
        let Observation { seen, exchange } = probe(visit, &mut known, row.name).await;
        let Some(declared) = visit.context.target.capabilities.get(row.name) else {
            continue;
        };
        let seen = match seen {
            Ok(seen) => seen,
            Err(why) => {
                chart.not_checked(row.name, why);
                continue;
            }
        };
        if seen == CapabilityValue::Bool(false) {
            absent.push(row.name);
        }
        match compare(row, declared, &seen) {
            Comparison::AsDeclared => chart.ok(row.name, agreed(declared, &seen)),
            Comparison::Undeclared => {
                chart.ok(row.name, format!("declared {declared}, seen {seen}"));
                undeclared.insert(
                    row.name.to_owned(),
                    serde_json::to_value(&seen).unwrap_or_default(),
                );
            }
            Comparison::Missing => {
                let mut trouble = missing(row, declared, &seen);
                trouble.exchange = exchange;
                chart.problem(row.name, trouble);
            }
        }
    }
    undeclared
}

fn agreed(declared: &CapabilityValue, seen: &CapabilityValue) -> String {
    match declared {
        CapabilityValue::Seen => format!("seen {seen}"),
        CapabilityValue::Choice(any) if any == "any" => format!("seen {seen}; any will do"),
        _ => format!("{seen}, as declared"),
    }
}

fn missing(
    row: &CapabilityDefinition,
    declared: &CapabilityValue,
    seen: &CapabilityValue,
) -> Trouble {
    let whence = if *declared == row.default_value() {
        format!("{declared} by default")
    } else {
        format!("declared {declared}")
    };
    Trouble::new(
        format!("{whence}, seen {seen}"),
        format!(
            "`{}` says of a registry: {}. Mend the registry, or declare what it does under `capabilities` in the target file: `{}: {seen}`.",
            row.name, row.summary, row.name
        ),
    )
}

fn compare(
    row: &CapabilityDefinition,
    declared: &CapabilityValue,
    seen: &CapabilityValue,
) -> Comparison {
    use CapabilityValue::{Bool, Choice, List, Seen};
    match (declared, seen) {
        (Seen, _) => Comparison::AsDeclared,
        (Choice(any), _) if any == "any" => Comparison::AsDeclared,
        (Bool(false), Bool(true)) => Comparison::Undeclared,
        (Choice(declared), Choice(seen)) if row.name == "verification" => {
            // A registry may verify more than it says.
            let strength = |name: &str| {
                ["none", "uploads", "all"]
                    .iter()
                    .position(|known| *known == name)
            };
            match strength(seen).cmp(&strength(declared)) {
                std::cmp::Ordering::Equal => Comparison::AsDeclared,
                std::cmp::Ordering::Greater => Comparison::Undeclared,
                std::cmp::Ordering::Less => Comparison::Missing,
            }
        }
        (List(declared), List(seen)) => {
            if declared.iter().any(|name| !seen.contains(name)) {
                Comparison::Missing
            } else if seen.iter().any(|name| !declared.contains(name)) {
                Comparison::Undeclared
            } else {
                Comparison::AsDeclared
            }
        }
        (declared, seen) if declared == seen => Comparison::AsDeclared,
        _ => Comparison::Missing,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::target::Capabilities;

    #[test]
    fn what_is_seen_is_compared_with_what_is_declared() {
        use Comparison::{AsDeclared, Missing, Undeclared};
        let rows = [
            ("upload", json!("seen"), json!(false), AsDeclared),
            ("upload", json!(true), json!(false), Missing),
            ("cancel", json!(false), json!(true), Undeclared),
            ("cancel", json!(true), json!(true), AsDeclared),
            (
                "sources.bad-mirror",
                json!("any"),
                json!("drop"),
                AsDeclared,
            ),
            ("sources.bad-mirror", json!("fail"), json!("drop"), Missing),
            (
                "sources.private",
                json!("allowed"),
                json!("refused"),
                Missing,
            ),
            ("access.hides", json!("any"), json!(true), AsDeclared),
            ("access.hides", json!(false), json!(true), Missing),
            ("verification", json!("all"), json!("uploads"), Missing),
            ("verification", json!("uploads"), json!("all"), Undeclared),
            (
                "jws.ed25519",
                json!(["EdDSA"]),
                json!(["EdDSA", "Ed25519"]),
                Undeclared,
            ),
            ("jws.ed25519", json!(["Ed25519"]), json!(["EdDSA"]), Missing),
            ("sources.max", json!(4), json!(4), AsDeclared),
            ("sources.max", json!(4), json!("none"), Missing),
        ];
        for (name, declared, seen, expected) in rows {
            let value = |value| {
                let mut capabilities = Capabilities::default();
                capabilities.set(name, value).unwrap();
                capabilities.get(name).cloned().unwrap()
            };
            let row = CAPABILITIES.iter().find(|row| row.name == name).unwrap();
            let compared = compare(row, &value(&declared), &value(&seen));
            assert_eq!(compared, expected, "{name}: {declared} and {seen}");
        }
    }
}
