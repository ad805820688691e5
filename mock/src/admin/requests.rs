//! The journal: `requests`, `requests/find`, `requests/count`.

use std::{fmt::Write as _, sync::Arc};

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use crate::{
    aside::aside,
    handlers::Request,
    journal::{Counted, Matcher, Page, Visit},
    pieces::{Pieces, SHORT},
    refusal::Refusal,
    reply::Reply,
    session::Session,
};

use super::reply::{Answer, document, malformed};

/// Parts of the journal that are counted at a time.
const AT_A_TIME: usize = 8;

pub(super) fn list(session: &Arc<Session>, request: &Request) -> Result<Answer, Refusal> {
    let page = page(request)?;
    Ok(shown(session, Matcher::new(), page))
}

pub(super) fn find(
    session: &Arc<Session>,
    members: &Map<String, Value>,
    request: &Request,
) -> Result<Answer, Refusal> {
    let page = page(request)?;
    let (matcher, expectation) =
        Matcher::from_json(members).map_err(|error| malformed(format!("{error}.")))?;
    if expectation.is_some() {
        return Err(malformed(
            "What is expected goes with requests/count; here the body is a matcher only.",
        ));
    }
    Ok(shown(session, matcher, page))
}

pub(super) async fn count(
    session: &Arc<Session>,
    members: &Map<String, Value>,
) -> Result<Reply, Refusal> {
    let (matcher, expectation) =
        Matcher::from_json(members).map_err(|error| malformed(format!("{error}.")))?;
    let mut visit = session.journal.visit(Page::default());
    let mut counted = Counted::default();
    let (mut matcher, mut has_more) = (matcher, true);
    while has_more {
        let session = session.clone();
        // Some at a time, for others wait for the same threads.
        (has_more, matcher, visit, counted) = aside(move || {
            let mut has_more = true;
            for _ in 0..AT_A_TIME {
                has_more = has_more
                    && session
                        .journal
                        .count_some(&matcher, &mut visit, &mut counted);
            }
            (has_more, matcher, visit, counted)
        })
        .await;
    }
    let count = session.journal.counted(&counted, expectation);
    Ok(document(&json!(count)))
}

fn shown(session: &Arc<Session>, matcher: Matcher, page: Page) -> Answer {
    let text = JournalText {
        visit: session.journal.visit(page),
        session: session.clone(),
        matcher,
        count: None,
    };
    Answer::of(text, &session.room)
}

/// The requests that match, a few at a time. What the journal drops meanwhile is not among them, but among those that were dropped.
struct JournalText {
    session: Arc<Session>,
    matcher: Matcher,
    visit: Visit,
    /// Requests so far; none before the text has begun.
    count: Option<usize>,
}

impl Pieces for JournalText {
    fn is_short(&self) -> bool {
        let (_, bytes, _) = self.session.journal.size();
        bytes <= SHORT
    }

    fn write(&mut self, text: &mut String) -> bool {
        let count = self.count.get_or_insert_with(|| {
            text.push_str("{\"requests\":[");
            0
        });
        let journal = &self.session.journal;
        let has_more = journal.find_some(&self.matcher, &mut self.visit, |request| {
            if *count > 0 {
                text.push(',');
            }
            *count += 1;
            text.push_str(&json!(request).to_string());
        });
        if !has_more {
            let (_, _, dropped) = journal.size();
            // Writing to a string does not fail.
            let _ = write!(text, "],\"count\":{count},\"dropped\":{dropped}}}");
        }
        has_more
    }
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
