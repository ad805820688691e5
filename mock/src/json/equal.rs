//! Equality of JSON values.

use serde_json::{Number, Value};

/// Equality of JSON values: numbers by value (`1.0` is `1`), members in any order.
pub fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => numbers_equal(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

fn numbers_equal(a: &Number, b: &Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a == b,
        (Some(integer), None) => b.as_f64().is_some_and(|b| is_integer(b, integer)),
        (None, Some(integer)) => a.as_f64().is_some_and(|a| is_integer(a, integer)),
        (None, None) => a.as_f64() == b.as_f64(),
    }
}

/// Whether a double is exactly this integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a double without fraction within 64 bits is an exact i128; beyond, the cast saturates far from any 64-bit integer"
)]
fn is_integer(double: f64, integer: i128) -> bool {
    double.fract() == 0.0 && double as i128 == integer
}
