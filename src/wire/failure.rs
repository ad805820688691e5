//! What an error of the HTTP library means for an exchange.

use std::{error::Error, io, time::Duration};

use tokio_native_tls::native_tls;

use super::{Phase, WireError, connection::Authority, resolver::ResolveError};

/// Why there is no answer.
///
/// An answer that ends within its head is [`WireError::Closed`]: the library does not tell it from none at all.
pub(super) fn without_answer(
    error: &reqwest::Error,
    authority: &Authority,
    deadline: Duration,
) -> WireError {
    if let Some(failed) = find::<ResolveError>(error) {
        return WireError::Resolve {
            host: failed.host.clone(),
            reason: failed.reason.clone(),
        };
    }
    if error.is_connect() {
        if error.is_timeout() {
            return WireError::Timeout {
                phase: Phase::Connecting,
                deadline,
            };
        }
        let address = authority.address();
        return match find::<native_tls::Error>(error) {
            Some(failed) => WireError::Tls {
                address,
                reason: failed.to_string(),
            },
            None => WireError::Connect {
                address,
                reason: innermost(error),
            },
        };
    }
    if is_reset(error) {
        return WireError::Reset;
    }
    match find::<hyper::Error>(error) {
        Some(failed) if failed.is_parse() => {
            WireError::Malformed(format!("its head is not HTTP/1.1: {failed}"))
        }
        _ => WireError::Closed,
    }
}

/// Why the body of an answer is not complete, in words.
pub(super) fn within_body(error: &reqwest::Error) -> String {
    if is_reset(error) {
        return "the connection was reset before the end of the body".to_owned();
    }
    let is_closed = find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message)
        || find::<io::Error>(error)
            .is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
    if is_closed {
        return "the connection was closed before the end of the body".to_owned();
    }
    format!("the body broke off: {}", innermost(error))
}

fn is_reset(error: &reqwest::Error) -> bool {
    find::<io::Error>(error).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        )
    })
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        (*error).source()
    })
}

fn find<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn innermost(error: &reqwest::Error) -> String {
    causes(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
