//! Secrets are found wherever they stand.

use registry_conformance::credentials::Secret;
use registry_conformance::run::RunContext;
use registry_conformance::target::Target;
use registry_conformance::wire::render::BodyLimit;
use registry_conformance::wire::{Answer, Redactor, render};

use super::support::exchange;

#[test]
fn secrets_are_found_in_every_form() {
    use base64::Engine as _;
    let value = "p\"ss w/rd+s3cret";
    let redactor = Redactor::new([
        Secret::new("TOKEN_OWNER", value),
        Secret::new("SHORT", "p\"ss"),
    ]);
    let base64 = &base64::engine::general_purpose::STANDARD;
    let mut forms = vec![
        value.to_owned(),
        "p%22ss%20w%2Frd%2Bs3cret".to_owned(),
        "p%22ss%20w%2frd%2bs3cret".to_owned(),
        "p%22ss+w%2Frd%2Bs3cret".to_owned(),
        serde_json::to_string(value).expect("JSON"),
    ];
    for user in ["", "u:", "us:", "use:", "user:"] {
        for after in ["", "x", "yz"] {
            forms.push(base64.encode(format!("{user}{value}{after}")));
        }
    }
    for form in forms {
        let redacted = redactor.text(&format!("before {form} after"));
        assert!(redacted.contains("$TOKEN_OWNER"), "{form}: {redacted}");
        for part in [
            "s3cret",
            "w/rd",
            "w%2Frd",
            &form[form.len() / 3..form.len() * 2 / 3],
        ] {
            assert!(!redacted.contains(part), "{form}: {redacted}");
        }
    }
    assert_eq!(redactor.text("p\"ss"), "$SHORT");
    assert_eq!(Redactor::default().text("nothing known"), "nothing known");
    let scoped = redactor.scoped();
    scoped.add(&Secret::new("SOURCE", "of-the-source"));
    assert_eq!(
        (scoped.text("of-the-source"), redactor.text("of-the-source")),
        ("$SOURCE".into(), "of-the-source".into())
    );
    assert_eq!(
        format!(
            "{:?} {}",
            Secret::new("A", "hidden"),
            Secret::new("A", "hidden")
        ),
        "Secret($A) $A"
    );
}

/// ERR-7 blames a registry that shows a token, and none that names a namespace, a key or itself.
#[tokio::test]
async fn what_an_error_may_name_is_no_token_although_it_holds_one() {
    use base64::Engine as _;
    let mut target = Target::with_defaults(
        "http://conformance-owner.localhost:9/"
            .parse()
            .expect("a URL"),
    );
    target.private_namespace = Some("conformance-owner-private.test".to_owned());
    let context = RunContext::new(target, 1).await.expect("a context");
    let base64 = &base64::engine::general_purpose::URL_SAFE_NO_PAD;
    for name in [
        "conformance-owner.test",
        "conformance-owner.test:dogs",
        "conformance-owner.test.evil",
        "CONFORMANCE-OWNER.TEST",
        "conformance-owner-private.test",
        "conformance-other.test",
        "conformance-owner.localhost",
        "owner-es256",
    ] {
        let hex = hex::encode(name);
        let percent: Vec<String> = name.bytes().map(|octet| format!("%{octet:02X}")).collect();
        for said in [
            format!(r#"{{"detail":"{name} is not yours"}}"#),
            format!(r#"{{"detail":"{name}"}}"#),
            base64.encode(format!(r#"{{"name":"{name}"}}"#)),
            hex,
            percent.concat(),
        ] {
            assert!(!context.shows_token(said.as_bytes()), "{name}: {said}");
        }
    }
    for said in [
        "Bearer conformance-owner",
        "the token conformance-owner is not known",
        "conformance-owner.",
        "conformance-owner.test has the token conformance-owner",
        "%63onformance-owner.test conformance-reader",
    ] {
        assert!(context.shows_token(said.as_bytes()), "{said}");
    }
}

/// Encoders differ in what they leave alone, and a field can be called anything.
#[tokio::test]
async fn a_secret_is_hidden_where_every_sign_is_encoded_and_in_the_name_of_a_field() {
    let (mut exchange, redactor) = exchange().await;
    exchange.answer = Ok(Answer {
        status: 200,
        headers: vec![("owner-token".to_owned(), b"owner%2Dtoken".to_vec())],
        complete: true,
        ..Answer::default()
    });
    let text = render::http_text(&exchange, &redactor, BodyLimit::default());
    let report = render::to_report(&exchange, &redactor)
        .to_value()
        .to_string();
    for shown in [text, report] {
        assert!(!shown.contains("owner-token"), "{shown}");
        assert!(!shown.contains("owner%2Dtoken"), "{shown}");
    }
}
