//! What the mock is controlled with: faults, canned answers, sessions, its clock, and questions about what it has received. The first octet
//! says which.

use std::cell::RefCell;

use mock_registry::MockRegistry;
use reqwest::Method;
use serde_json::Value;

use super::served::Served;

thread_local! {
    static SERVED: RefCell<Option<&'static Served>> = const { RefCell::new(None) };
}

/// Sets faults (`f`) or canned answers (`a`), opens a session (`s`), changes the clock (`c`), finds and counts requests (`i`), lists them
/// with a query (`q`), or calls a path below `__admin/` with GET (`g`), POST (`p`) or DELETE (`d`).
///
/// # Panics
///
/// When an answer is none; when something is refused and has had an effect all the same; when requests are counted that are not found; or
/// when what was set can not be taken away again.
pub fn run(data: &[u8]) {
    let Some((&kind, octets)) = data.split_first() else {
        return;
    };
    let served = SERVED.with_borrow_mut(|served| *served.get_or_insert_with(start));
    let path = String::from_utf8_lossy(octets);
    match kind {
        b'f' => set(served, Method::POST, "faults", octets),
        b'a' => set(served, Method::POST, "answers", octets),
        b's' => set(served, Method::POST, "sessions", octets),
        b'c' => set(served, Method::PUT, "clock", octets),
        b'i' => found(served, octets),
        b'q' => set(served, Method::GET, &format!("requests?{path}"), b""),
        b'g' => set(served, Method::GET, &path, b""),
        b'p' => set(served, Method::POST, &path, b"{}"),
        b'd' => set(served, Method::DELETE, &path, b""),
        _ => {}
    }
}

fn start() -> &'static Served {
    let served = Served::start(MockRegistry::builder());
    ask(served);
    served
}

/// Requests for the journal: one that leads somewhere, one that is refused, one that leads nowhere.
fn ask(served: &Served) {
    served.send(Method::GET, "components/a.test:b/v1.0.0?x=1", &[], b"");
    served.send(
        Method::POST,
        "releases",
        &[("content-type", b"application/json")],
        b"{}",
    );
    served.send(
        Method::GET,
        "component/a.test:b/v1.0.0",
        &[("accept", b"*/*")],
        b"",
    );
}

fn set(served: &Served, method: Method, path: &str, body: &[u8]) {
    let before = served.registry.state();
    let fields: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
    let path = format!("__admin/{path}");
    let Some(response) = served.send(method, &path, &fields, body) else {
        return;
    };
    response.assert_is_an_answer();
    if !response.is_success() {
        assert_eq!(served.registry.state(), before, "refused, with an effect");
        return;
    }
    if path.starts_with("__admin/sessions")
        && let Some(id) = response.json()["id"].as_str()
    {
        let ended = served.send(Method::DELETE, &format!("__admin/sessions/{id}"), &[], b"");
        assert_eq!(ended.map(|ended| ended.status), Some(204));
    }
    let is_empty = |state: &Value, member: &str| state[member].as_array().is_none_or(Vec::is_empty);
    let after = served.registry.state();
    if after != before
        || path.contains("clock")
        || path.contains("reset")
        || path.contains("requests")
    {
        served.runtime.block_on(async { served.registry.reset() });
        let state = served.registry.state();
        for member in ["faults", "answers", "releases"] {
            assert!(is_empty(&state, member), "{member}: {state}");
        }
        ask(served);
    }
}

/// The same question twice: which requests, and how many.
fn found(served: &Served, body: &[u8]) {
    let fields: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
    let ask = |path: &str| served.send(Method::POST, path, &fields, body);
    let (Some(found), Some(counted)) =
        (ask("__admin/requests/find"), ask("__admin/requests/count"))
    else {
        return;
    };
    found.assert_is_an_answer();
    counted.assert_is_an_answer();
    // Only a count can say how many are expected.
    if let (true, true) = (found.is_success(), counted.is_success()) {
        let requests = found.json()["requests"].as_array().map(Vec::len);
        let count = counted.json()["count"]
            .as_u64()
            .and_then(|count| usize::try_from(count).ok());
        assert_eq!(requests, count, "{}", String::from_utf8_lossy(body));
    }
}
