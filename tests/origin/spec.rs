//! Behaviours as case files say them.

use std::time::Duration;

use registry_conformance::origin::{
    Behaviour, BehaviourSpec, Body, Credentials, Redirect, ResolveError, Resolver,
};
use serde_json::json;

use crate::support::body;

struct Names;

impl Resolver for Names {
    fn content(&self, name: &str) -> Option<Body> {
        (name == "content").then(body)
    }

    fn host_url(&self, name: &str) -> Option<String> {
        (name == "mirror").then(|| "http://127.0.0.1:1/h/x/c".to_owned())
    }
}

fn resolve(spec: serde_json::Value) -> Result<Behaviour, ResolveError> {
    serde_json::from_value::<BehaviourSpec>(spec)
        .expect("a behaviour")
        .resolve(&Names)
}

#[test]
#[expect(clippy::too_many_lines, reason = "one line a behaviour")]
fn behaviours_read_as_data() {
    let serve = || Box::new(Behaviour::Serve(body()));
    let mirror = || "http://127.0.0.1:1/h/x/c".to_owned();
    let basic = Credentials::Basic {
        username: "u".to_owned(),
        password: "p".to_owned(),
    };
    let every = Duration::from_millis(50);
    let table = [
        (json!({"serve": "content"}), *serve()),
        (
            json!({"serve": {"content": "content", "media-type": "text/plain"}}),
            Behaviour::Serve(Body {
                media_type: "text/plain".to_owned(),
                ..body()
            }),
        ),
        (json!({"status": 404}), Behaviour::Status(404)),
        (
            json!({"redirect": {"to": "mirror"}}),
            Behaviour::Redirect(Redirect {
                to: mirror(),
                status: 302,
            }),
        ),
        (
            json!({"redirect": {"to": "ftp://x/", "status": 307}}),
            Behaviour::Redirect(Redirect {
                to: "ftp://x/".to_owned(),
                status: 307,
            }),
        ),
        (json!({"redirect-loop": {}}), Behaviour::RedirectLoop),
        (
            json!({"redirect-chain": {"hops": 2, "then": {"serve": "content"}}}),
            Behaviour::RedirectChain {
                hops: 2,
                then: serve(),
            },
        ),
        (
            json!({"demand": {"basic": ["u", "p"], "then": {"serve": "content"}}}),
            Behaviour::Demand {
                credentials: basic,
                then: serve(),
            },
        ),
        (
            json!({"demand": {"bearer": "t", "then": {"serve": "content"}}}),
            Behaviour::Demand {
                credentials: Credentials::Bearer {
                    token: "t".to_owned(),
                },
                then: serve(),
            },
        ),
        (json!({"gzip": "content"}), Behaviour::Gzip(body())),
        (
            json!({"false-gzip": "content"}),
            Behaviour::FalseGzip(body()),
        ),
        (json!({"reset": {}}), Behaviour::Reset),
        (
            json!({"reset-body": {"serve": "content", "after": 3}}),
            Behaviour::ResetBody {
                body: body(),
                after: 3,
            },
        ),
        (json!({"close": {}}), Behaviour::Close),
        (
            json!({"truncate": {"serve": "content", "after": 3}}),
            Behaviour::Truncate {
                body: body(),
                after: 3,
            },
        ),
        (
            json!({"truncate-chunked": {"serve": "content", "after": 3}}),
            Behaviour::TruncateChunked {
                body: body(),
                after: 3,
            },
        ),
        (json!({"chunked": "content"}), Behaviour::Chunked(body())),
        (json!({"stall": {}}), Behaviour::Stall),
        (
            json!({"stall-body": {"serve": "content", "after": 3}}),
            Behaviour::StallBody {
                body: body(),
                after: 3,
            },
        ),
        (
            json!({"dribble": {"serve": "content", "bytes": 16, "every-ms": 50}}),
            Behaviour::Dribble {
                body: body(),
                bytes: 16,
                every,
            },
        ),
        (json!({"endless": {}}), Behaviour::Endless),
        (json!({"garbage": {}}), Behaviour::Garbage),
        (
            json!({"hold": {"then": {"serve": "content"}}}),
            Behaviour::Hold(serve()),
        ),
        (
            json!({"sequence": [{"status": 500}, {"serve": "content"}]}),
            Behaviour::Sequence(vec![Behaviour::Status(500), *serve()]),
        ),
    ];
    for (spec, expected) in table {
        assert_eq!(resolve(spec.clone()), Ok(expected), "{spec}");
        let read: BehaviourSpec = serde_json::from_value(spec.clone()).expect("a behaviour");
        let written = serde_json::to_value(&read).expect("it writes");
        assert_eq!(
            serde_json::from_value::<BehaviourSpec>(written).expect("it reads again"),
            read
        );
    }
    let Ok(Behaviour::Serve(page)) = resolve(json!({"html": {}})) else {
        panic!("a page")
    };
    assert!(page.media_type.starts_with("text/html"));
}

#[test]
fn behaviours_that_mean_nothing_say_why() {
    let error = |spec| resolve(spec).expect_err("nothing");
    assert_eq!(
        error(json!({"serve": "nothing"})),
        ResolveError::UnknownContent("nothing".to_owned())
    );
    assert_eq!(
        error(json!({"redirect": {"to": "nowhere"}})),
        ResolveError::UnknownHost("nowhere".to_owned())
    );
    assert_eq!(
        error(json!({"demand": {"then": {"reset": {}}}})),
        ResolveError::Demand
    );
    assert_eq!(
        error(json!({"demand": {"basic": ["u", "p"], "bearer": "t", "then": {"reset": {}}}})),
        ResolveError::Demand
    );
    assert_eq!(error(json!({"status": 100})), ResolveError::Status(100));
    assert_eq!(
        error(json!({"hold": {"then": {"status": 600}}})),
        ResolveError::Status(600)
    );
    assert_eq!(error(json!({"sequence": []})), ResolveError::EmptySequence);
    let dribble = json!({"dribble": {"serve": "content", "bytes": 0, "every-ms": 1}});
    assert_eq!(error(dribble), ResolveError::DribbleNothing);
    for misspelt in [
        json!({"resett": {}}),
        json!({"reset": {"x": 1}}),
        json!({"serve": {"content": "content", "mediatype": "x"}}),
        json!({"truncate": {"serve": "content", "aftr": 3}}),
    ] {
        assert!(
            serde_json::from_value::<BehaviourSpec>(misspelt.clone()).is_err(),
            "{misspelt}"
        );
    }
    let nested: BehaviourSpec =
        serde_json::from_value(json!({"sequence": [{"hold": {"then": {"redirect": {"to": "mirror"}}}}, {"redirect": {"to": "http://x/"}}]}))
            .expect("a behaviour");
    assert_eq!(nested.host_names(), ["mirror"]);
}
