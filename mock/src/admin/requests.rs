//! The journal: `requests`, `requests/find`, `requests/count`.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::{
    handlers::Request,
    journal::{Matcher, Page, Recorded},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::reply::{document, malformed};

pub(super) fn list(session: &Session, request: &Request) -> Result<Reply, Refusal> {
    let page = page(request)?;
    Ok(shown(&session.journal.find(&Matcher::new(), page)))
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
    Ok(shown(&session.journal.find(&matcher, page)))
}

pub(super) fn count(session: &Session, members: &Map<String, Value>) -> Result<Reply, Refusal> {
    let (matcher, expectation) =
        Matcher::from_json(members).map_err(|error| malformed(format!("{error}.")))?;
    Ok(document(&json!(
        session.journal.count(&matcher, expectation)
    )))
}

fn shown(recorded: &Recorded) -> Reply {
    let requests: Vec<Value> = recorded
        .requests
        .iter()
        .map(|request| json!(**request))
        .collect();
    document(&json!({
        "requests": requests,
        "count": recorded.requests.len(),
        "dropped": recorded.dropped,
    }))
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
