//! The form of the registry's digests, when it is not the one that is declared.

use super::chart::Trouble;
use super::publishing::Published;
use super::registry::OWNER;
use super::release::{Draft, Release};
use super::visit::Visit;
use crate::content::DigestForm;

/// Publishes the first release. When its digest is refused and that of the other form is not, the visit goes on in that form.
pub(super) async fn publish_first(
    visit: &mut Visit<'_>,
    release: Release,
    kid: &str,
) -> Result<Published, Trouble> {
    let trouble = match visit.publish_created(release, kid, None).await {
        Ok(published) => return Ok(published),
        Err(trouble) => trouble,
    };
    let is_mismatch = trouble
        .exchange
        .as_ref()
        .is_some_and(|exchange| mentions_mismatch(visit, exchange));
    if !is_mismatch {
        return Err(trouble);
    }
    let declared = visit.form;
    visit.form = match declared {
        DigestForm::Index => DigestForm::Raw,
        DigestForm::Raw => DigestForm::Index,
    };
    let draft = Draft::new(visit.namespace(OWNER), visit.new_content());
    let published = visit.publish_new(OWNER, kid, &draft).await;
    if published.is_err() {
        visit.form = declared;
    }
    published.map_err(|_| trouble)
}

fn mentions_mismatch(visit: &Visit<'_>, exchange: &crate::wire::Exchange) -> bool {
    let problem = visit.problem(exchange);
    let failure = exchange
        .answered()
        .and_then(|answer| answer.json().ok())
        .and_then(|document| {
            super::answers::name_of(document.get("error")?, &visit.context.target.problems)
        });
    [problem, failure]
        .into_iter()
        .flatten()
        .any(|name| name == "digest-mismatch")
}
