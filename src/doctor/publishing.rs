//! A release from create to its publication, and what it means when that fails.

use super::chart::Trouble;
use super::release::{Draft, Ending, Outcome, Release};
use super::visit::Visit;
use crate::wire::Exchange;

/// A release that is published, or why it is not.
pub(super) struct Published {
    pub release: Release,
    pub ending: Ending,
}

impl Visit<'_> {
    /// Publishes a new release of a publisher's.
    pub(super) async fn publish_new(
        &mut self,
        identity: &str,
        kid: &str,
        draft: &Draft,
    ) -> Result<Published, Trouble> {
        match self.create(Some(identity), draft).await {
            Ok(release) => self.publish_created(release, kid, None).await,
            Err(exchange) => Err(self.create_trouble(exchange)),
        }
    }

    /// Publishes a release that was created.
    pub(super) async fn publish_created(
        &mut self,
        release: Release,
        kid: &str,
        alg: Option<&str>,
    ) -> Result<Published, Trouble> {
        let host = match self.supply(&release).await {
            Ok(host) => host,
            Err(exchange) => return Err(self.supply_trouble(exchange)),
        };
        let ending = self.publish(&release, kid, alg).await;
        drop(host);
        if ending.is_published() {
            return Ok(Published { release, ending });
        }
        Err(self.publish_trouble(&release, kid, ending))
    }

    pub(super) fn create_trouble(&self, exchange: Box<Exchange>) -> Trouble {
        let said = self.describe(&exchange);
        Trouble::new(
            format!("a create is answered {said}"),
            "The create before it was taken. Look into the registry's log.",
        )
        .with(exchange)
    }

    pub(super) fn supply_trouble(&self, exchange: Box<Exchange>) -> Trouble {
        let said = self.describe(&exchange);
        let sent = &exchange.request;
        let is_upload = exchange.name.starts_with("upload");
        let next = if !is_upload && sent.method == "POST" && exchange.name.starts_with("create") {
            "The release has no uploadUrl, and the suite has no content host. Look at `origin` in the target file.".to_owned()
        } else if is_upload && exchange.answer.is_err() {
            format!(
                "The registry sends uploads to {}; that has to be reached from this machine.",
                super::answers::shown(sent.url.as_str(), &self.context.redactor)
            )
        } else if is_upload {
            "The registry has to take the content at the uploadUrl that it gives (UPL-2), or declare `upload: false`.".to_owned()
        } else {
            "The release has no uploadUrl, so its content comes by URL, which the registry has to take (SRC-2).".to_owned()
        };
        let what = if is_upload {
            "an upload"
        } else {
            "adding a content source"
        };
        Trouble::new(format!("{what} is answered {said}"), next).with(exchange)
    }

    /// What a publish says about the key, or about anything else that was in its way.
    pub(super) fn publish_trouble(&self, release: &Release, kid: &str, ending: Ending) -> Trouble {
        let namespace = release.name.split(':').next().unwrap_or_default();
        let options = self.options;
        let said = match &ending.outcome {
            Outcome::Endless => format!(
                "is still processed after {:?}",
                self.context.target.deadlines.processing
            ),
            Outcome::Refused(Some(problem)) if ending.asynchronous => {
                format!("fails with the problem {problem}")
            }
            Outcome::Refused(None)
                if ending.asynchronous && ending.exchange.status() == Some(200) =>
            {
                "fails, and its error has no type of the profile".to_owned()
            }
            _ => format!("is answered {}", self.describe(&ending.exchange)),
        };
        let next = match ending.problem() {
            Some("untrusted-key" | "missing-signature") => format!(
                "Install the public half of `{kid}` in the registry, trusted for {namespace}: `registry-conformance keys{options}` prints it."
            ),
            Some("bad-signature") => format!(
                "The registry knows another key by the name `{kid}`, or verifies otherwise. `registry-conformance keys{options}` prints the right one."
            ),
            Some("unsupported-algorithm") => format!(
                "The registry does not take the algorithm of `{kid}`; ES256 and Ed25519 it has to. `jws.ed25519` in the target file declares by which name."
            ),
            Some("digest-mismatch") => "The registry computes another digest of the same content: see docs/publish-api.md, \"Content digest\", and `digest.form` in the target file.".to_owned(),
            Some("forbidden" | "unauthenticated") => format!(
                "`{}` may create and not publish; give it the right to.",
                release.identity
            ),
            Some(problem) if problem.starts_with("source-") => {
                "Its content comes by URL, as there is no uploadUrl; see docs/testing-a-registry.md, \"Content hosts\".".to_owned()
            }
            _ if ending.outcome == Outcome::Endless => {
                "Look into the registry's log, or raise `deadlines.processing` in the target file.".to_owned()
            }
            _ if matches!(ending.exchange.status(), Some(200..300)) => {
                "A publish is answered with the release, or with 202 and a status that says how it ends (PUB-1).".to_owned()
            }
            _ => "The registry has to publish this; look into its log.".to_owned(),
        };
        Trouble::new(format!("publishing with `{kid}` {said}"), next).with(ending.exchange)
    }
}
