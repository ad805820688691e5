//! Statuses: a number, a class as `4xx`, or a list of them.

use serde_json::Value;

/// Whether a status is as described; `None` for a description that means nothing.
pub fn fits(description: &Value, status: u16) -> Option<bool> {
    match description {
        Value::Number(number) => Some(number.as_u64() == Some(u64::from(status))),
        Value::String(text) => {
            if let Some(class) = text.strip_suffix("xx") {
                let class: u16 = class.parse().ok()?;
                return Some(status / 100 == class);
            }
            Some(text.parse::<u16>().ok()? == status)
        }
        Value::Array(any) => {
            let mut fitting = false;
            for description in any {
                fitting |= fits(description, status)?;
            }
            Some(fitting)
        }
        _ => None,
    }
}

/// A description in words.
pub fn describe(description: &Value) -> String {
    match description {
        Value::Array(any) => any.iter().map(describe).collect::<Vec<_>>().join(" or "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fits;

    #[test]
    fn statuses_fit_numbers_classes_and_lists() {
        let rows = [
            (json!(201), 201, Some(true)),
            (json!("2xx"), 201, Some(true)),
            (json!("404"), 404, Some(true)),
            (json!([200, "3xx"]), 303, Some(true)),
            (json!([200, "3xx"]), 404, Some(false)),
            (json!("fine"), 200, None),
            (json!({}), 200, None),
        ];
        for (description, status, expected) in rows {
            assert_eq!(
                fits(&description, status),
                expected,
                "{description} {status}"
            );
        }
    }
}
