//! What an error of the HTTP client means. Its own text is not shown, since it may hold a URL.

use std::{error::Error, io};

use openssl::error::ErrorStack;
use url::Url;

use super::{FetchTrouble, clients::forbidden, resolver::ResolveFailure};

/// The trouble before there was an answer.
pub(super) fn trouble_of_request(error: &reqwest::Error, url: &Url) -> FetchTrouble {
    match find::<ResolveFailure>(error) {
        Some(ResolveFailure::NotPublic) => forbidden(url),
        Some(ResolveFailure::NotResolved) => FetchTrouble::NotResolved,
        None if error.is_connect() => FetchTrouble::NotConnected(cause(error)),
        None => FetchTrouble::Broken(cause(error)),
    }
}

/// The trouble after `received` bytes of a body.
pub(super) fn trouble_of_body(error: &reqwest::Error, received: u64) -> FetchTrouble {
    let ended_early = find::<io::Error>(error)
        .is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
        || find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message);
    if ended_early {
        FetchTrouble::Truncated { received }
    } else {
        FetchTrouble::Broken(cause(error))
    }
}

/// The root of the error, for a person. OpenSSL's own text names files of its source (ERR-7).
fn cause(error: &(dyn Error + 'static)) -> String {
    match find::<ErrorStack>(error) {
        Some(stack) => tls_cause(stack),
        None => root_cause(error),
    }
}

fn tls_cause(stack: &ErrorStack) -> String {
    match stack
        .errors()
        .iter()
        .find_map(openssl::error::Error::reason)
    {
        Some("certificate verify failed") => "the certificate is not trusted".to_owned(),
        Some(reason) => format!("TLS failed: {reason}"),
        None => "TLS failed".to_owned(),
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|cause| cause.downcast_ref())
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
