//! The journal: `requests`, `requests/find`, `requests/count`.

use std::fmt::Write as _;

use http::StatusCode;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::{
    handlers::Request,
    journal::{Matcher, Page},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::reply::{document, malformed};

pub(super) fn list(session: &Session, request: &Request) -> Result<Reply, Refusal> {
    let page = page(request)?;
    Ok(shown(session, &Matcher::new(), page))
}

pub(super) fn find(
    session: &Session,
    members: &Map<String, Value>,
    request: &Request,
) -> Result<Reply, Refusal> {
    let page = page(request)?;
    let (matcher, expectation) =
        Matcher::from_json(members).map_err(|error| malformed(format!("{error}.")))?;
    if expectation.is_some() {
        return Err(malformed(
            "What is expected goes with requests/count; here the body is a matcher only.",
        ));
    }
    Ok(shown(session, &matcher, page))
}

pub(super) fn count(session: &Session, members: &Map<String, Value>) -> Result<Reply, Refusal> {
    let (matcher, expectation) =
        Matcher::from_json(members).map_err(|error| malformed(format!("{error}.")))?;
    Ok(document(&json!(
        session.journal.count(&matcher, expectation)
    )))
}

/// The requests that match. They stand in memory one by one beside their text: shown as values, all of them would take fifty times what the
/// journal keeps.
fn shown(session: &Session, matcher: &Matcher, page: Page) -> Reply {
    let mut text = "{\"requests\":[".to_owned();
    let mut count = 0_usize;
    let dropped = session.journal.visit(matcher, page, |request| {
        if count > 0 {
            text.push(',');
        }
        count += 1;
        text.push_str(&json!(request).to_string());
    });
    let _ = write!(text, "],\"count\":{count},\"dropped\":{dropped}}}");
    Reply::with_body(StatusCode::OK, "application/json", text)
}

fn page(request: &Request) -> Result<Page, Refusal> {
    let mut page = Page::default();
    let query = request.uri.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let number = || {
            value
                .parse()
                .map_err(|_| malformed(format!("The query's {name} has to be a number.")))
        };
        match name.as_ref() {
            "after" => page.after = number()?,
            "limit" => page.limit = Some(usize::try_from(number()?).unwrap_or(usize::MAX)),
            _ => return Err(malformed("The query can have after and limit.")),
        }
    }
    Ok(page)
}
