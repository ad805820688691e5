//! What an error of the HTTP client means. Its own text is not shown, since it may hold a URL.

use std::{error::Error, io};

use url::Url;

use super::{FetchTrouble, clients::forbidden, resolver::ResolveFailure};

/// The trouble before there was an answer.
pub(super) fn trouble_of_request(error: &reqwest::Error, url: &Url) -> FetchTrouble {
    match find::<ResolveFailure>(error) {
        Some(ResolveFailure::NotPublic) => forbidden(url),
        Some(ResolveFailure::NotResolved) => FetchTrouble::NotResolved,
        None if error.is_connect() => FetchTrouble::NotConnected(root_cause(error)),
        None => FetchTrouble::Broken(root_cause(error)),
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
        FetchTrouble::Broken(root_cause(error))
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
