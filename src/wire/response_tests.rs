//! Nothing that is read of a response depends on the pieces in which it comes.

use proptest::prelude::*;

use super::{
    Answer, WireError,
    collected::BodyBounds,
    response::{End, Progress, ResponseReader},
};

/// The limit of bodies here: so low that many meet it.
const MAX_BODY: usize = 6;

/// Feeds the octets in pieces that end at these places, as a connection does: until the response is whole.
fn read(method: &str, octets: &[u8], ends: &[usize]) -> Result<Answer, WireError> {
    let mut reader = ResponseReader::new(
        method,
        BodyBounds {
            read: MAX_BODY,
            kept: MAX_BODY,
        },
    );
    let mut ends: Vec<usize> = ends.iter().map(|end| end % (octets.len() + 1)).collect();
    ends.push(octets.len());
    ends.sort_unstable();
    let mut start = 0;
    for end in ends {
        let piece = &octets[start..end];
        start = end;
        if piece.is_empty() {
            continue;
        }
        if reader.feed(piece)? == Progress::Done && !reader.wants_surplus() {
            break;
        }
    }
    let mut answer = reader.finish(&End::Closed)?;
    // What follows the end is looked for after HEAD alone.
    if method != "HEAD" {
        answer.surplus = 0;
    }
    Ok(answer)
}

fn by_octet(method: &str, octets: &[u8]) -> Result<Answer, WireError> {
    read(method, octets, &(0..octets.len()).collect::<Vec<_>>())
}

/// Parts of responses, in any order, most of them in a sensible one.
fn response() -> impl Strategy<Value = Vec<u8>> {
    let of = |choices: &'static [&'static str]| {
        proptest::sample::select(choices).prop_map(str::to_owned)
    };
    let statuses = of(&[
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.0 404 \r\n",
        "HTTP/1.1 204 x\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 x\r\n",
        "HTTP/1.1 200 OK\n",
        "HTTP/2 200\r\n",
    ]);
    let fields = of(&[
        "Content-Length: 3\r\n",
        "Content-Length: 6\r\n",
        "Content-Length: 7, 7\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip\r\n",
        "X: y\r\n",
        "",
    ]);
    let bodies = of(&[
        "abc",
        "abcdef",
        "3\r\nabc\r\n",
        "6;x=y\r\nabcdef\r\n",
        "6\r\nabcdef\r\n0\r\n\r\n",
        "7\r\nabcdefg\r\n",
        "0\r\n\r\n",
        "0\r\nTrailer: x\r\n\r\n",
        "1\r\nab\r\n",
        "zz\r\n",
        "\r",
        "\n",
        "",
    ]);
    let ends = proptest::collection::vec(bodies, 0..4).prop_map(|bodies| bodies.concat());
    let fields = proptest::collection::vec(fields, 0..3).prop_map(|fields| fields.concat());
    (statuses, fields, ends)
        .prop_map(|(status, fields, body)| format!("{status}{fields}\r\n{body}").into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn pieces_never_matter(
        octets in response(),
        ends in proptest::collection::vec(any::<usize>(), 0..6),
        to_head in any::<bool>(),
    ) {
        let method = if to_head { "HEAD" } else { "GET" };
        let whole = read(method, &octets, &[]);
        prop_assert_eq!(&read(method, &octets, &ends), &whole);
        prop_assert_eq!(&by_octet(method, &octets), &whole);
        if let Ok(answer) = whole {
            prop_assert!(answer.body.len() <= MAX_BODY);
            prop_assert!(answer.complete != answer.trouble.is_some());
        }
    }
}

#[test]
fn a_chunked_body_of_just_the_limit_is_whole() {
    let octets = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n";
    for answer in [read("GET", octets, &[]), by_octet("GET", octets)] {
        let answer = answer.expect("an answer");
        assert!(answer.complete && !answer.truncated_by_us, "{answer:?}");
    }
}

#[test]
fn a_line_of_just_the_limit_is_read_in_pieces_too() {
    let extension = "x".repeat(4096 - "3;".len());
    let octets = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;{extension}\r\nabc\r\n0\r\n\r\n"
    );
    for answer in [
        read("GET", octets.as_bytes(), &[]),
        by_octet("GET", octets.as_bytes()),
    ] {
        assert!(answer.expect("an answer").complete);
    }
}
