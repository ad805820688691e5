//! Scalars of the YAML 1.2 core schema (section 10.3.2) as JSON values.

use serde_json::{Number, Value};
use serde_saphyr::granit_parser::{ScalarStyle, Tag};

/// The value of a scalar, or why it has none.
pub(super) fn resolve(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    match tag.map(|tag| (tag.core_suffix(), tag)) {
        None if style == ScalarStyle::Plain => plain(text),
        None | Some((Some("str"), _)) => Ok(Value::String(text.to_owned())),
        Some((Some(kind @ ("null" | "bool" | "int" | "float")), _)) => {
            let value = plain(text)?;
            let fits = match kind {
                "null" => value.is_null(),
                "bool" => value.is_boolean(),
                "int" => value.is_i64() || value.is_u64(),
                _ => value.is_number(),
            };
            if fits {
                Ok(value)
            } else {
                Err(format!("`{text}` is no {kind}"))
            }
        }
        Some((_, tag)) => Err(format!(
            "the tag `{}` is not understood here",
            tag.original()
        )),
    }
}

fn plain(text: &str) -> Result<Value, String> {
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => match number(text)? {
            Some(number) => Value::Number(number),
            None => Value::String(text.to_owned()),
        },
    })
}

fn number(text: &str) -> Result<Option<Number>, String> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!(
            "`{text}` has no JSON form; quote it if it is meant as text"
        ));
    }
    let out_of_range = || {
        format!("the number `{text}` does not fit into 64 bits; quote it if it is meant as text")
    };
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            return u64::from_str_radix(digits, radix)
                .map(|value| Some(value.into()))
                .map_err(|_| out_of_range());
        }
    }
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        let signless = text.strip_prefix('+').unwrap_or(text);
        return signless
            .parse::<i64>()
            .map(Number::from)
            .or_else(|_| signless.parse::<u64>().map(Number::from))
            .map(Some)
            .map_err(|_| out_of_range());
    }
    if !is_float(unsigned) {
        return Ok(None);
    }
    text.parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .map(Some)
        .ok_or_else(out_of_range)
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, the sign already taken away.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa_fits = match mantissa.split_once('.') {
        Some((whole, fraction)) => {
            digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty())
        }
        None => !mantissa.is_empty() && digits(mantissa),
    };
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    mantissa_fits && exponent_fits
}
