//! What goes over the connection in the place of an answer.

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use crate::{
    operation::Operation,
    reply::Reply,
    selection::seeded_bytes,
    server::{Ending, WireScript, WireStep},
};

use super::ConnectionFault;

/// Bytes of garbage.
const GARBAGE: usize = 512;

/// One good chunk, and then a size that is none.
const MALFORMED_CHUNK: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n\
    9\r\n{\"broken\"\r\nnot a chunk size\r\n";

/// How a connection ends. Garbage follows from the seed and from whom it is for.
pub(crate) fn connection_script(fault: ConnectionFault, seed: u64, about: &str) -> WireScript {
    let written = |bytes: Bytes| vec![WireStep::Write(bytes)];
    let (steps, ending) = match fault {
        ConnectionFault::ResetByPeer => (Vec::new(), Ending::Reset),
        ConnectionFault::EmptyResponse => (Vec::new(), Ending::Close),
        ConnectionFault::MalformedResponseChunk => {
            (written(Bytes::from_static(MALFORMED_CHUNK)), Ending::Close)
        }
        ConnectionFault::RandomDataThenClose => {
            let mut garbage = seeded_bytes(seed, about, GARBAGE);
            // No chance makes a status line of it.
            if let Some(first) = garbage.first_mut() {
                *first |= 0x80;
            }
            (written(garbage.into()), Ending::Close)
        }
    };
    WireScript { steps, ending }
}

/// What an answer begins with that breaks off before the registry has done anything.
pub(crate) fn stand_in(operation: Operation) -> Reply {
    let status = match operation {
        Operation::Create | Operation::Publish => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    Reply::json(
        status,
        &json!({"x-mock-registry": {"fault": "This answer breaks off; nothing was done."}}),
    )
}
