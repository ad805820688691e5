//! Octets on a connection to the mock.

use std::{cell::RefCell, time::Duration};

use mock_registry::MockRegistry;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::served::Served;

/// How long an answer may take: the mock works in memory.
const PATIENCE: Duration = Duration::from_secs(5);

thread_local! {
    static SERVED: RefCell<Option<&'static Served>> = const { RefCell::new(None) };
}

/// Sends the octets, in two pieces, and reads what comes until the connection ends.
///
/// # Panics
///
/// When an answer is no HTTP/1.1, is a failure of the registry's own, or refuses without a problem document; when the connection does not
/// end; when nothing is answered to what is there; or when a token is in an answer that refuses.
pub fn run(data: &[u8]) {
    let Some((&at, octets)) = data.split_first() else {
        return;
    };
    let served = SERVED.with_borrow_mut(|served| {
        *served.get_or_insert_with(|| Served::start(MockRegistry::builder()))
    });
    let answers =
        served
            .runtime
            .block_on(exchange(served.registry.port(), octets, usize::from(at)));
    let controls = octets.windows(7).any(|window| window == b"__admin");
    match answers {
        // What control has set may hold or break what follows it on the same connection.
        None => assert!(controls, "the connection does not end"),
        Some(answers) => {
            assert!(
                controls || !answers.is_empty() || is_torn(octets),
                "no answer"
            );
            let to_head = octets.starts_with(b"HEAD ");
            if !controls {
                all_are_answers(&answers, to_head);
            }
        }
    }
    if controls || served.registry.state()["releases"] != json!([]) {
        served.runtime.block_on(async { served.registry.reset() });
    }
}

/// Whether a request ends within its head, which is answered by the end of the connection. (A head that ends in LF CR LF is hyper's to see
/// or not: it depends on the pieces in which it comes.)
fn is_torn(octets: &[u8]) -> bool {
    let start = octets.iter().position(|octet| !b"\r\n".contains(octet));
    let head = &octets[start.unwrap_or(octets.len())..];
    let holds = |end: &[u8]| head.windows(end.len()).any(|window| window == end);
    !holds(b"\r\n\r\n") && !holds(b"\n\n")
}

async fn exchange(port: u16, octets: &[u8], at: usize) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    stream.set_nodelay(true).ok()?;
    let (first, second) = octets.split_at(at.min(octets.len()));
    let mut answers = Vec::new();
    let (mut incoming, mut outgoing) = stream.split();
    let send = async {
        // The mock may have heard enough before all is sent.
        for piece in [first, second] {
            if outgoing.write_all(piece).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        let _ = outgoing.shutdown().await;
    };
    let read = async {
        // A reset ends it too.
        let _ = incoming.read_to_end(&mut answers).await;
    };
    timeout(PATIENCE, async { tokio::join!(send, read) })
        .await
        .ok()?;
    Some(answers)
}

fn all_are_answers(mut octets: &[u8], to_head: bool) {
    while !octets.is_empty() {
        let mut fields = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut fields);
        let Ok(httparse::Status::Complete(end)) = response.parse(octets) else {
            panic!("no HTTP: {}", octets.escape_ascii());
        };
        let status = response.code.unwrap_or_default();
        let field = |name: &str| {
            let found = response
                .headers
                .iter()
                .find(|field| field.name.eq_ignore_ascii_case(name));
            found.map(|field| String::from_utf8_lossy(field.value).into_owned())
        };
        // hyper knows no other version of HTTP than 1, which is 505.
        assert!(status < 500 || matches!(status, 501 | 505), "{status}");
        octets = &octets[end..];
        if to_head || matches!(status, 100..200 | 204 | 304) {
            return;
        }
        let length = field("content-length").and_then(|length| length.parse().ok());
        let length: usize = length.expect("a Content-Length");
        if status >= 400 {
            assert_eq!(
                field("content-type").as_deref(),
                Some("application/problem+json")
            );
        }
        // After HEAD there is none.
        let Some((body, rest)) = octets.split_at_checked(length) else {
            return;
        };
        if status >= 400 {
            let Ok(problem) = serde_json::from_slice::<Value>(body) else {
                return;
            };
            assert_eq!(problem["status"], json!(status), "{problem}");
            let shows = body.windows(super::served::OWNER.len() + 1).any(|window| {
                window.starts_with(super::served::OWNER.as_bytes()) && window.last() != Some(&b'.')
            });
            assert!(!shows, "a token in {problem}");
        }
        octets = rest;
    }
}
