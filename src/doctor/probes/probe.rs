//! Which probe is for which capability.

use super::{Known, Observation, access, archives, creating, mirrors, publishing, sources};
use crate::content::DigestForm;
use crate::doctor::visit::Visit;

/// Looks at one capability, by its name in the target file.
pub(in crate::doctor) async fn probe(
    visit: &mut Visit<'_>,
    known: &mut Known<'_>,
    name: &str,
) -> Observation {
    match name {
        "upload" => Observation::is(known.first.release.upload_url.is_some()).by(known
            .first
            .release
            .exchange
            .clone()),
        "upload.chunked" => publishing::chunked(visit).await,
        "sources" => sources::taken(known),
        "sources.schemes" => sources::schemes(visit).await,
        "sources.bad-mirror" => mirrors::bad_mirror(visit, known).await,
        "sources.replace" => sources::replace(visit, known).await,
        "sources.credentials" => mirrors::credentials(visit, known).await,
        "sources.recheck" => mirrors::recheck(visit, known).await,
        "sources.max" => sources::max(visit).await,
        "sources.private" => sources::private(visit, known).await,
        "verification" => publishing::verification(visit, known).await,
        "digest.form" => Observation::choice(match visit.form {
            DigestForm::Index => "index",
            DigestForm::Raw => "raw",
        }),
        "digest.sha512" => creating::sha512(visit).await,
        "create.signed" => creating::signed(visit).await,
        "jws.ed25519" => publishing::ed25519_names(visit, known).await,
        "version.build" => creating::version_build(visit).await,
        "async" => {
            Observation::is(known.first.ending.asynchronous).by(known.first.ending.exchange.clone())
        }
        "expiry" => creating::expiry(visit, known),
        "cancel" => creating::cancel(visit).await,
        "access.hides" => access::hides(known),
        "access.private" => access::private(visit, known).await,
        "access.separate" => access::separate(visit, known).await,
        "assets.tar" => archives::tar(visit).await,
        "assets.per-entry" => archives::per_entry(visit, known).await,
        "validates.component" => archives::validates(visit).await,
        _ => Observation::unclear("it can not be seen from outside"),
    }
}
