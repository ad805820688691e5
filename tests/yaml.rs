//! YAML read as JSON values with places.

use registry_conformance::yaml::{Located, Position};
use serde_json::{Value, json};

fn value(text: &str) -> Value {
    Located::parse(text)
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
        .value
}

fn error(text: &str) -> String {
    match Located::parse(text) {
        Ok(located) => panic!("{text:?} was read as {}", located.value),
        Err(error) => error.to_string(),
    }
}

#[test]
fn scalars_follow_the_core_schema() {
    let table = [
        ("", json!(null)),
        ("~", json!(null)),
        ("NULL", json!(null)),
        ("nULL", json!("nULL")),
        ("true", json!(true)),
        ("False", json!(false)),
        ("yes", json!("yes")),
        ("off", json!("off")),
        ("0", json!(0)),
        ("-12", json!(-12)),
        ("+12", json!(12)),
        ("012", json!(12)),
        ("0o14", json!(12)),
        ("0xC", json!(12)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("1.5", json!(1.5)),
        (".5", json!(0.5)),
        ("1e3", json!(1000.0)),
        ("1.0.0", json!("1.0.0")),
        ("10s", json!("10s")),
        (".", json!(".")),
        ("e3", json!("e3")),
        ("-", json!([null])),
        ("'1'", json!("1")),
        ("\"a\\u0000b\"", json!("a\0b")),
        ("!!str 12", json!("12")),
        ("!!int '12'", json!(12)),
        ("|\n  a\n  b\n", json!("a\nb\n")),
        ("{404: x, null: y}", json!({"404": "x", "null": "y"})),
        ("# only a comment", json!(null)),
        ("\u{feff}a: 1", json!({"a": 1})),
        (
            "a: &x [1, {b: 2}]\nc: *x\n",
            json!({"a": [1, {"b": 2}], "c": [1, {"b": 2}]}),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(value(text), expected, "{text:?}");
    }
}

#[test]
fn what_has_no_json_form_or_hides_a_mistake_is_refused_with_its_place() {
    let table = [
        (
            "a: 1\nb: 2\na: 3\n",
            "line 3, column 1: duplicate member `a`; it stands in line 1 already",
        ),
        (
            "{a: 1, 'a': 2}",
            "line 1, column 8: duplicate member `a`; it stands in line 1 already",
        ),
        (
            "a: .nan",
            "line 1, column 4: `.nan` has no JSON form; quote it if it is meant as text",
        ),
        (
            "a: -.inf",
            "line 1, column 4: `-.inf` has no JSON form; quote it if it is meant as text",
        ),
        (
            "18446744073709551616",
            "line 1, column 1: the number `18446744073709551616` does not fit into 64 bits; quote it if it is meant as text",
        ),
        (
            "1e999",
            "line 1, column 1: the number `1e999` does not fit into 64 bits; quote it if it is meant as text",
        ),
        (
            "? [a]\n: 1",
            "line 1, column 3: a member name must be text, not a collection",
        ),
        (
            "a: !thing 1",
            "line 1, column 11: the tag `!thing` is not understood here",
        ),
        ("a: !!int x", "line 1, column 10: `x` is no int"),
        (
            "a: &a [*a]",
            "line 1, column 8: this alias stands inside the value that it names",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "line 2, column 1: a second document begins; one file holds one document",
        ),
        (
            "b: &b {}\nc:\n  <<: *b\n",
            "line 3, column 3: merge keys (`<<`) are not supported; write the members out",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(error(text), expected, "{text:?}");
    }
}

#[test]
fn broken_yaml_says_where() {
    for (text, place) in [
        ("a: [1, 2\nb: 3\n", "line 2"),
        ("a:\n\t- b\n", "line 2"),
        ("a: 'x\n", "line"),
        ("*x", "line 1"),
    ] {
        let error = error(text);
        assert!(error.starts_with(place), "{text:?}: {error}");
    }
}

#[test]
fn places_are_found_by_pointer() {
    let text = "steps:\n  - create: {digest-of: content}\n  - upload: x\n'a/b~':\n  c: 1\n";
    let spans = Located::parse(text).expect("valid").spans;
    let at = |line, column| Position { line, column };
    assert_eq!(spans.value(""), at(1, 1));
    assert_eq!(spans.value("/steps"), at(2, 3));
    assert_eq!(spans.key("/steps"), at(1, 1));
    assert_eq!(spans.key("/steps/1/upload"), at(3, 5));
    assert_eq!(spans.value("/steps/1/upload"), at(3, 13));
    assert_eq!(spans.value("/steps/0/create/digest-of"), at(2, 25));
    assert_eq!(spans.value("/a~1b~0/c"), at(5, 6));
    // What is not there is found at its parent.
    assert_eq!(
        spans.value("/steps/1/missing/deeper"),
        spans.value("/steps/1")
    );
    assert_eq!(spans.key("/steps/0"), spans.value("/steps/0"));
}

#[test]
fn the_inside_of_an_alias_is_found_where_the_alias_stands() {
    let spans = Located::parse("a: &x {b: 1}\nc: *x\n")
        .expect("valid")
        .spans;
    assert_eq!(spans.value("/c/b"), Position { line: 2, column: 4 });
}

#[test]
fn aliases_can_not_multiply_without_bound() {
    let mut laughs = vec!["a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned()];
    for level in 1..30 {
        let items = vec![format!("*a{}", level - 1); 9].join(", ");
        laughs.push(format!("a{level}: &a{level} [{items}]\n"));
    }
    let laughs = laughs.concat();
    assert!(error(&laughs).contains("too large"), "{}", error(&laughs));
}

#[test]
fn nesting_is_bounded_directly_and_through_aliases() {
    for text in [
        "[".repeat(200) + &"]".repeat(200),
        "[".repeat(100_000),
        "{a: ".repeat(150) + &"}".repeat(150),
    ] {
        let error = error(&text);
        assert!(
            error.contains("nested deeper") || error.contains("recursion limit"),
            "{error}"
        );
    }
    let mut tower = vec!["a0: &a0 [x]\n".to_owned()];
    for level in 1..200 {
        tower.push(format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    let tower = tower.concat();
    assert!(error(&tower).contains("nested deeper"), "{}", error(&tower));
}

#[test]
fn anchors_within_anchors_are_bounded() {
    let opening = (0..90).fold(String::new(), |text, level| text + &format!("&a{level} ["));
    let text = format!("{opening}{}{}", "1, ".repeat(50_000), "]".repeat(90));
    assert!(error(&text).contains("too large"), "{}", error(&text));
}
