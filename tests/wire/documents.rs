//! Answers as JSON.

use registry_conformance::wire::Answer;

#[test]
fn deep_json_is_an_error_and_no_crash() {
    let answer = Answer {
        body: "[".repeat(1_000_000).into(),
        ..Answer::default()
    };
    assert!(answer.json().is_err());
}

/// A value takes many times the memory of its text.
#[test]
fn json_of_millions_of_values_is_an_error_and_a_long_text_is_none() {
    let json = |body: String| {
        let answer = Answer {
            body: body.into(),
            ..Answer::default()
        };
        answer.json().cloned().map_err(|error| error.to_string())
    };
    for wide in [
        format!("[{}0]", "0,".repeat(1_000_000)),
        format!("[{}0]", "[{}],".repeat(40_000)),
        format!("{{{}\"z\":0}}", "\"a\":0,".repeat(200_000)),
    ] {
        let error = json(wide).unwrap_err();
        assert!(error.contains("more than 25000 values"), "{error}");
    }
    assert!(json(format!("[{}0]", "0,".repeat(20_000))).is_ok());
    assert!(json(format!("\"{}\"", ",[{\\\"".repeat(200_000))).is_ok());
}
