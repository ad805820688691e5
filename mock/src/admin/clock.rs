//! `GET` and `PUT __admin/clock`.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use crate::{config::parse_duration, refusal::Refusal, reply::Reply, session::Session};

use super::reply::{document, malformed};

/// What is right, for those who sent something else.
const RIGHT: &str = "The body has to be {\"action\": \"freeze\"}, {\"action\": \"advance\", \"by\": \"90s\"} or {\"action\": \"reset\"}";

/// What to do with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Freeze,
    Advance(SignedDuration),
    Reset,
}

pub(super) fn show(session: &Session) -> Reply {
    document(&describe(session))
}

/// Moves the clock; what became due by that has happened when the answer comes.
pub(super) async fn change(
    session: &Session,
    members: &Map<String, Value>,
) -> Result<Reply, Refusal> {
    match read(members)? {
        Action::Freeze => session.clock.freeze(),
        Action::Advance(by) => session
            .clock
            .try_advance(by)
            .map_err(|error| malformed(format!("{RIGHT}: {error}.")))?,
        Action::Reset => session.clock.reset(),
    }
    let settled = session.settle().await;
    let mut shown = describe(session);
    shown["settled"] = json!(settled);
    Ok(document(&shown))
}

fn describe(session: &Session) -> Value {
    let reading = session.clock.reading();
    json!({
        "now": reading.now.to_string(),
        "frozen": reading.frozen,
        "ahead_ms": reading.ahead.as_millis(),
    })
}

fn read(members: &Map<String, Value>) -> Result<Action, Refusal> {
    let bad = |what: &str| malformed(format!("{RIGHT}: {what}."));
    if let Some(unknown) = members
        .keys()
        .find(|name| !["action", "by"].contains(&name.as_str()))
    {
        return Err(bad(&format!("{unknown:?} is no member of it")));
    }
    let by = members.get("by");
    match members.get("action").and_then(Value::as_str) {
        Some("freeze" | "reset") if by.is_some() => Err(bad("\"by\" goes with \"advance\" only")),
        Some("freeze") => Ok(Action::Freeze),
        Some("reset") => Ok(Action::Reset),
        Some("advance") => {
            let by = by
                .and_then(Value::as_str)
                .ok_or_else(|| bad("\"by\" has to be a duration such as \"90s\""))?;
            let by = parse_duration(by).map_err(|error| bad(&error.to_string()))?;
            SignedDuration::try_from(by)
                .map(Action::Advance)
                .map_err(|error| bad(&error.to_string()))
        }
        _ => Err(bad("\"action\" is missing or none of these")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_three_actions_and_nothing_else() {
        for (body, expected) in [
            (json!({"action": "freeze"}), Ok(Action::Freeze)),
            (json!({"action": "reset"}), Ok(Action::Reset)),
            (
                json!({"action": "advance", "by": "1.5s"}),
                Ok(Action::Advance(SignedDuration::from_millis(1500))),
            ),
            (json!({}), Err("\"action\"")),
            (json!({"action": "stop"}), Err("\"action\"")),
            (json!({"action": "advance"}), Err("\"by\"")),
            (json!({"action": "advance", "by": 90}), Err("\"by\"")),
            (
                json!({"action": "advance", "by": "90"}),
                Err("such as 300ms"),
            ),
            (
                json!({"action": "advance", "by": "40000d"}),
                Err("36600d (a hundred years) at most"),
            ),
            (
                json!({"action": "advance", "by": "-1s"}),
                Err("such as 300ms"),
            ),
            (json!({"action": "freeze", "by": "1s"}), Err("\"by\"")),
            (json!({"action": "freeze", "at": "1s"}), Err("\"at\"")),
        ] {
            let read = read(body.as_object().unwrap());
            match (&read, expected) {
                (Ok(action), Ok(expected)) => assert_eq!(*action, expected),
                (Err(refusal), Err(hint)) => {
                    let detail = &refusal.problem.detail;
                    assert!(
                        detail.contains(hint) && detail.contains("advance"),
                        "{body}: {detail}"
                    );
                }
                _ => panic!("{body}: {read:?}"),
            }
        }
    }
}
