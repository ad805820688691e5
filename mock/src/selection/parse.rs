//! Reading what a fault or a canned answer says about the requests that it is for.

use crate::operation::Operation;

use super::{BadMember, Members, Phase, When, bad, elements};

/// Members of `when`.
const WHEN: &[&str] = &["nth", "times", "probability"];

/// `operation`: a name, `*`, or an array of names; absent, it is any.
pub(crate) fn operations(document: &Members<'_>) -> Result<Vec<Operation>, BadMember> {
    let Some(value) = document.get("operation") else {
        return Ok(Vec::new());
    };
    let at = document.place("operation");
    let expected = || format!("one of {}, an array of these, or \"*\"", Operation::names());
    let elements = elements(value, &at);
    if elements.is_empty() {
        return Err(bad(&at, expected(), value));
    }
    let mut operations = Vec::new();
    for (element, at) in elements {
        match element.as_str() {
            Some("*") => return Ok(Vec::new()),
            name => operations.push(
                name.and_then(|name| name.parse().ok())
                    .ok_or_else(|| bad(&at, expected(), element))?,
            ),
        }
    }
    Ok(operations)
}

/// `when`; absent, it is always.
pub(crate) fn when(document: &Members<'_>) -> Result<When, BadMember> {
    let Some(value) = document.get("when") else {
        return Ok(When::default());
    };
    let at = document.place("when");
    let members = Members::of(value, &at, WHEN)?;
    let when = When {
        nth: members.count("nth")?,
        times: members.count("times")?,
        probability: members.probability("probability")?,
    };
    if when == When::default() {
        return Err(bad(&at, format!("one of {}", WHEN.join(", ")), value));
    }
    Ok(when)
}

/// `phase`, where it is given.
pub(crate) fn phase(document: &Members<'_>) -> Result<Option<Phase>, BadMember> {
    match document.get("phase").map(|value| (value, value.as_str())) {
        None => Ok(None),
        Some((_, Some("before"))) => Ok(Some(Phase::Before)),
        Some((_, Some("after"))) => Ok(Some(Phase::After)),
        Some((value, _)) => Err(bad(
            &document.place("phase"),
            "\"before\" or \"after\"",
            value,
        )),
    }
}

/// Name and version of a release, either of which may be left out.
pub(crate) fn release_match(
    members: &Members<'_>,
) -> Result<(Option<String>, Option<String>), BadMember> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Ok((
        owned(members.text("name")?),
        owned(members.text("version")?),
    ))
}
