//! Who makes a request (rule ACC-1).

use http::{HeaderMap, HeaderValue, header};

use crate::{
    cause::Cause, identity::Caller, problem::ProblemKind, refusal::Refusal, session::Session,
};

/// The caller. Credentials that are there have to be good, on reads too.
pub(super) fn authenticate(session: &Session, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let policy = &session.policy.access;
    let name = session.config.auth_header.as_str();
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(Caller::Anonymous);
    };
    if values.next().is_some() {
        return Err(Refusal::new(
            ProblemKind::MalformedRequest,
            "The request has its credentials twice.",
        ));
    }
    let token = token_in(name, value);
    match token.and_then(|token| session.config.identities.by_token(token)) {
        Some(identity) => Ok(Caller::Identity(identity)),
        None if policy.unknown_token_is_owner => Ok(session
            .config
            .identities
            .iter()
            .next()
            .map_or(Caller::Anonymous, |first| Caller::Identity(first.clone()))),
        None => {
            let mut refusal = Refusal::new(
                ProblemKind::Unauthenticated,
                "The credentials are not known.",
            );
            if token.is_none() {
                refusal = refusal.because(Some(Cause::OddCredentials));
            }
            if session.policy.errors.echoes_token {
                refusal = refusal.with(
                    "received",
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                );
            }
            Err(refusal)
        }
    }
}

/// The token that a request carries, if any, in whatever of the headers it can stand in; `Some("")` for other credentials.
pub(crate) fn token_of<'h>(session: &Session, headers: &'h HeaderMap) -> Option<&'h str> {
    let own = session.config.auth_header.as_str();
    [own, header::AUTHORIZATION.as_str()]
        .into_iter()
        .find_map(|name| Some((name, headers.get(name)?)))
        .map(|(name, value)| token_in(name, value).unwrap_or_default())
}

fn token_in<'h>(name: &str, value: &'h HeaderValue) -> Option<&'h str> {
    let text = value.to_str().ok()?;
    if name.eq_ignore_ascii_case(header::AUTHORIZATION.as_str()) {
        bearer_token(text)
    } else {
        Some(text.trim())
    }
}

/// The token of `Bearer TOKEN`, the scheme in any case (RFC 9110, section 11.1).
fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
