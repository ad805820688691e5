//! Secrets are found wherever they stand.

use registry_conformance::credentials::Secret;
use registry_conformance::run::RunContext;
use registry_conformance::target::Target;
use registry_conformance::wire::render::BodyLimit;
use registry_conformance::wire::{Answer, Body, Ending, Exchange, Redactor, RequestRecord, render};

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
        r#"p\"ss w\/rd+s3cret"#.to_owned(),
        r"p\u0022ss\u0020w\u002frd\u002bs3cret".to_owned(),
        r"p\u0022ss w/rd\u002Bs3cret".to_owned(),
        "p\"ss w%2Frd+s3cret".to_owned(),
        "p%2522ss%2520w%252Frd%252Bs3cret".to_owned(),
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

/// A request is shown as it was and as a command, which agree on where there is a secret.
#[tokio::test]
async fn a_secret_is_hidden_wherever_in_a_request_it_stands() {
    let (plain, redactor) = exchange().await;
    let plain = Exchange {
        request: RequestRecord {
            headers: vec![("X-Plain".to_owned(), b"nothing".to_vec())],
            credentials: None,
            body: Body::Empty,
            ..plain.request
        },
        ..plain
    };
    let body_with = |before: usize| {
        let text = format!("{}owner-token{}", "x".repeat(before), "y".repeat(100));
        Body::Bytes(text.into())
    };
    // Beyond 2048 octets a body is cut in a report, beyond 4096 in a command.
    let mut bodies: Vec<Body> = [0, 100, 2038, 2047, 3900, 3980].map(body_with).into();
    bodies.push(Body::Chunked(vec![
        "{\"a\": \"owner-".into(),
        "token\"}".into(),
    ]));
    let mut changed: Vec<Exchange> = bodies
        .into_iter()
        .map(|body| with(&plain, |request| request.body = body))
        .collect();
    changed.push(with(&plain, |request| {
        request.url.set_path("a/owner-token");
    }));
    changed.push(with(&plain, |request| {
        request.target = Some("/owner%2Dtoken".to_owned());
    }));
    changed.push(with(&plain, |request| {
        request.method = "owner-token".to_owned();
    }));
    changed.push(with(&plain, |request| {
        request.headers[0].0 = "owner-token".to_owned();
    }));
    changed.push(with(&plain, |request| {
        request.headers[0].1 = b"a, owner-token".to_vec();
    }));
    let raw = |before: usize| vec![format!("{}owner-token", "x".repeat(before)).into()];
    for before in [0, 2040, 4080, 4090] {
        changed.push(with(&plain, |request| {
            request.raw = Some((raw(before), Ending::KeepOpen));
        }));
    }
    for exchange in changed {
        let report = render::to_report(&exchange, &redactor)
            .to_value()
            .to_string();
        for part in ["owner-token", "owner-t", "owner%2D", "token\""] {
            assert!(!report.contains(part), "{report}");
        }
    }
    let report = render::to_report(&plain, &redactor).to_value().to_string();
    assert!(report.contains("-H 'X-Plain: nothing'"), "{report}");
}

fn with(exchange: &Exchange, change: impl FnOnce(&mut RequestRecord)) -> Exchange {
    let mut changed = exchange.clone();
    change(&mut changed.request);
    changed
}
