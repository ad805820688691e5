//! Strict JSON, through its public face.

use mock_registry::json::{JsonError, equal, parse, parse_strict};
use serde_json::{Value, json};

#[test]
fn what_is_no_json_is_refused() {
    let table: &[&[u8]] = &[
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"{} x",
        b"{'a':1}",
        b"{\"a\":1,}",
        b"[1,]",
        b"{\"a\":01}",
        b"{\"a\":+1}",
        b"{\"a\":.5}",
        b"{\"a\":1.}",
        b"{\"a\":NaN}",
        b"{\"a\":Infinity}",
        b"{\"a\":\"\x01\"}",
        b"{\"a\":\"\\ud800\"}",
        b"{\"a\":\"\\x\"}",
        b"{\"a\":tru}",
        b"{\"a\":1}\0",
        b"\xef\xbb\xbf{}",
        b"/* */ {}",
        b"{\"a\":1e400}",
        b"{\"a\":-1e99999999999}",
    ];
    for bytes in table {
        let text = String::from_utf8_lossy(bytes);
        assert!(matches!(parse(bytes), Err(JsonError::Syntax(_))), "{text}");
    }
}

#[test]
fn what_is_not_utf8_is_refused() {
    let table: &[(&[u8], usize)] = &[
        (b"{\"a\":\"\xff\"}", 6),
        (b"{\"a\":\"\xed\xa0\x80\"}", 6),
        (b"{\"a\":\"\xc0\xaf\"}", 6),
        (b"\xff\xfe{\0}\0", 0),
    ];
    for (bytes, expected) in table {
        match parse(bytes) {
            Err(JsonError::NotUtf8 { valid_up_to }) => assert_eq!(valid_up_to, *expected),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn deep_nesting_is_an_error_and_not_a_crash() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let unclosed = open.repeat(100_000);
        assert!(matches!(
            parse(unclosed.as_bytes()),
            Err(JsonError::Syntax(_))
        ));
        let closed = format!("{unclosed}1{}", close.repeat(100_000));
        assert!(matches!(
            parse(closed.as_bytes()),
            Err(JsonError::Syntax(_))
        ));
        let shallow = format!("{}1{}", open.repeat(100), close.repeat(100));
        assert!(parse(shallow.as_bytes()).is_ok());
    }
}

#[test]
fn huge_numbers_are_an_error_or_a_number() {
    for digits in [20, 300, 309, 400, 10_000] {
        let text = format!("{{\"a\":{}}}", "9".repeat(digits));
        match parse(text.as_bytes()) {
            Ok(document) => assert!(document.value["a"].is_number()),
            Err(error) => assert!(matches!(error, JsonError::Syntax(_))),
        }
    }
    let tiny = parse(b"1e-400").unwrap();
    assert!(equal(&tiny.value, &json!(0)));
}

#[test]
fn duplicate_members_are_noticed_at_any_depth() {
    let table = [
        (r#"{"a":1,"a":2}"#, Some("a")),
        (r#"{"a":1,"\u0061":2}"#, Some("a")),
        (r#"{"a":1,"b":[{"c":{"d":1,"d":1}}]}"#, Some("d")),
        (r#"{"a":{"a":1},"b":{"a":1}}"#, None),
        (r#"{"a":1,"A":2}"#, None),
    ];
    for (text, duplicate) in table {
        let document = parse(text.as_bytes()).unwrap();
        assert_eq!(document.duplicate_member.as_deref(), duplicate, "{text}");
        assert_eq!(parse_strict(text.as_bytes()).is_ok(), duplicate.is_none());
    }
    assert_eq!(parse(br#"{"a":1,"a":2}"#).unwrap().value, json!({"a": 2}));
    let error = parse_strict(br#"{"a":1,"a":2}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"failed to read JSON: duplicate member "a""#
    );
}

#[test]
fn values_come_back_equal() {
    let texts = [
        "null",
        "true",
        "9007199254740992",
        "-9007199254740992",
        "9007199254740991.0",
        "0.1",
        "-0.0",
        "1e2",
        "2.2250738585072014e-308",
        "123456789.12345679",
        "5e-324",
        "0.3030727723887735",
        r#""\u0000\ud83d\ude00/""#,
        r#"{"b":[1,"x",null,{}],"a":{"":0}}"#,
    ];
    for text in texts {
        let value = parse(text.as_bytes()).unwrap().value;
        assert_eq!(
            value,
            serde_json::from_str::<Value>(text).unwrap(),
            "{text}"
        );
        let again = parse(serde_json::to_string(&value).unwrap().as_bytes()).unwrap();
        assert!(equal(&value, &again.value), "{text}");
    }
    let value = parse(b"0.3030727723887735").unwrap().value;
    assert_eq!(value.as_f64(), Some("0.3030727723887735".parse().unwrap()));
}

#[test]
fn doubles_are_read_to_the_last_bit() {
    // A generator of its own (xorshift), so that a failure repeats.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..20_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let double = f64::from_bits(state);
        if !double.is_finite() {
            continue;
        }
        for text in [
            format!("{double:e}"),
            format!("{double:.40e}"),
            format!("{double:?}"),
        ] {
            let value = parse(text.as_bytes()).unwrap().value;
            assert_eq!(value.as_f64(), Some(double), "{text}");
        }
    }
}

#[test]
fn members_keep_their_order() {
    let value = parse(br#"{"z":1,"a":2,"m":3}"#).unwrap().value;
    assert_eq!(
        serde_json::to_string(&value).unwrap(),
        r#"{"z":1,"a":2,"m":3}"#
    );
}

#[test]
fn equality_is_by_value() {
    let table = [
        ("1", "1.0", true),
        ("1", "1e0", true),
        ("100", "1e2", true),
        ("-0", "0", true),
        ("-0.0", "0", true),
        ("0.1", "0.10", true),
        ("9007199254740992", "9007199254740992.0", true),
        ("9007199254740993", "9007199254740992.0", false),
        ("18446744073709551615", "18446744073709551616", false),
        ("-9223372036854775808", "-9223372036854775808.0", true),
        ("1", "2", false),
        ("1", "1.5", false),
        ("1", "\"1\"", false),
        ("null", "false", false),
        (r#"{"a":1,"b":[1.0]}"#, r#"{"b":[1],"a":1}"#, true),
        (r#"{"a":1}"#, r#"{"a":1,"b":null}"#, false),
        (r#"{"a":1,"b":null}"#, r#"{"a":1,"c":null}"#, false),
        ("[1,2]", "[2,1]", false),
        ("[1]", "[1,1]", false),
        (r#""\u00e9""#, r#""e\u0301""#, false),
    ];
    for (a, b, expected) in table {
        let (left, right) = (parse(a.as_bytes()).unwrap(), parse(b.as_bytes()).unwrap());
        assert_eq!(equal(&left.value, &right.value), expected, "{a} {b}");
        assert_eq!(equal(&right.value, &left.value), expected, "{b} {a}");
    }
}
