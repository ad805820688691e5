//! Fetching sources and judging what they serve.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use crate::{
    aside::aside,
    config::{BadMirror, Config},
    content::{ContentError, ContentFormat, ContentReader, ContentSummary},
    fetch::{Credentials, FetchFailure, FetchRequest, FetchTrouble, Fetcher},
    policy::SourcePolicy,
    problem::{Problem, ProblemKind},
    refusal::Refusal,
    registry::{Manifest, PublishWork, RemoteSource, Source, SourcesWork, Upload, Verdict},
    room::Room,
};

use super::{ContentCheck, Finding, entries, verdict, verdict::GUARDED};

/// Sources of one release that are fetched at a time.
const FETCHES_AT_A_TIME: usize = 32;
/// All sources of a release have as much time together as so many that are fetched one after the other.
const DEADLINES: u32 = 3;

/// Verifies the content of releases.
#[derive(Clone)]
pub(crate) struct Verifier {
    check: ContentCheck,
    fetcher: Fetcher,
    bad_mirror: BadMirror,
    policy: SourcePolicy,
    /// What is kept of archives is counted there.
    room: Room,
    /// For all sources of a release together.
    time: Duration,
    /// How many sources may be fetched at a time, whoever wants them.
    fetches: Arc<Semaphore>,
}

impl Verifier {
    /// The verifier of a registry with these settings.
    pub(crate) fn new(
        config: &Config,
        check: ContentCheck,
        fetcher: Fetcher,
        policy: SourcePolicy,
        room: Room,
        fetches: Arc<Semaphore>,
    ) -> Self {
        Self {
            room,
            time: config.fetch_deadline.saturating_mul(DEADLINES),
            fetches,
            check,
            fetcher,
            bad_mirror: config.bad_mirror,
            policy,
        }
    }

    /// What bounds how many sources are fetched at a time.
    pub(crate) fn fetches(&self) -> &Arc<Semaphore> {
        &self.fetches
    }

    /// Fetches what has to be fetched for publishing, and judges it all.
    pub(crate) async fn verify(&self, work: &PublishWork) -> Verdict {
        let findings = self
            .find_all(&work.manifest, &work.sources, work.upload.as_ref())
            .await;
        let fetched = findings.iter().any(|(source, _)| *source != Source::Own);
        let verdict = if findings.iter().any(|(source, _)| source.path().is_some())
            && !self.policy.takes_mixed
        {
            entries::conclude(
                &self.check,
                &work.manifest,
                findings,
                self.bad_mirror,
                self.policy,
            )
        } else {
            verdict::conclude(findings, self.bad_mirror, self.policy)
        };
        match verdict {
            Verdict::Bad(problem)
                if fetched
                    && self.policy.bad_bytes_are_unreachable
                    && problem.kind == ProblemKind::DigestMismatch =>
            {
                Verdict::bad(Problem {
                    kind: ProblemKind::SourceUnreachable,
                    ..*problem
                })
            }
            Verdict::Bad(problem)
                if self.check.calls_mismatch_invalid()
                    && problem.kind == ProblemKind::DigestMismatch =>
            {
                Verdict::bad(Problem {
                    kind: ProblemKind::InvalidContent,
                    ..*problem
                })
            }
            verdict => verdict,
        }
    }

    /// Fetches sources that are added to a release: other bytes are refused, silence is not (SRC-17).
    pub(crate) async fn recheck(&self, work: &SourcesWork) -> Result<(), Refusal> {
        for (source, finding) in self.find_all(&work.manifest, &work.new, None).await {
            match finding {
                Finding::OtherBytes(problem) | Finding::Forbidden(problem) => {
                    return Err(problem.into());
                }
                Finding::Good(summary) => {
                    if let (Some(path), Some(verified)) = (source.path(), &work.verified) {
                        entries::compare(path, &summary, verified)?;
                    }
                }
                Finding::Unreachable(_) => {}
            }
        }
        Ok(())
    }

    async fn find_all(
        &self,
        manifest: &Manifest,
        sources: &[Source],
        upload: Option<&Arc<Upload>>,
    ) -> Vec<(Source, Finding)> {
        let credentials: Vec<Credentials> = sources
            .iter()
            .filter_map(|source| match source {
                Source::Remote(remote) => remote.credentials.clone(),
                Source::Own => None,
            })
            .filter(|_| self.policy.shares_credentials)
            .collect();
        let until = self
            .fetcher
            .has_deadline()
            .then(|| Instant::now() + self.time);
        let mut findings = stream::iter(sources.iter().cloned().enumerate())
            .map(|(position, mut source)| {
                let shared = credentials.clone();
                async move {
                    let finding = match &mut source {
                        Source::Own => self.own_finding(manifest, upload),
                        Source::Remote(remote) => {
                            let finding = self.find(manifest, remote, position, shared);
                            match until {
                                None => finding.await,
                                Some(until) => match within(until, finding).await {
                                    Some(finding) => finding,
                                    None => self.untried(remote),
                                },
                            }
                        }
                    };
                    (source, finding)
                }
            })
            .buffered(FETCHES_AT_A_TIME);
        let mut found = Vec::new();
        let mut whole: Option<Arc<ContentSummary>> = None;
        while let Some((source, mut finding)) = findings.next().await {
            // Mirrors serve the same: of a thousand of them what is known is kept once.
            if let (Finding::Good(summary), None) = (&mut finding, source.path()) {
                *summary = whole.get_or_insert_with(|| summary.clone()).clone();
            }
            found.push((source, finding));
        }
        found
    }

    /// What is said of a source when the time for all of them is over.
    fn untried(&self, source: &RemoteSource) -> Finding {
        let problem = Problem::new(
            ProblemKind::SourceUnreachable,
            format!(
                "The time for all content sources of the release was over ({DEADLINES} times --fetch-deadline)."
            ),
        );
        located(Finding::Unreachable(problem), source, self.policy)
    }

    async fn find(
        &self,
        manifest: &Manifest,
        source: &mut RemoteSource,
        position: usize,
        shared: Vec<Credentials>,
    ) -> Finding {
        let whole = source.path.is_none();
        let options = match &source.path {
            None => self.check.options(manifest),
            Some(path) => self
                .check
                .options_as(ContentFormat::Single(path.clone()), manifest),
        };
        let mut request = FetchRequest::new(source.url.clone());
        request.credentials.clone_from(&source.credentials);
        request.shared_credentials = shared;
        request.max_bytes =
            Some(
                options
                    .max_content
                    .saturating_add(if whole { options.max_overhead } else { 0 }),
            );

        // The semaphore is never closed; without a permit the fetch is merely not limited.
        let _permit = self.fetches.acquire().await;
        let mut reader = ContentReader::new(options).within(&self.room);
        let fetched = self
            .fetcher
            .fetch(&request, |chunk| reader.write(chunk))
            .await;
        match fetched {
            Ok(fetched) => source.note(&fetched, self.policy),
            Err(FetchFailure::Receiver(error)) if self.check.unread(&error).is_some() => {
                return Finding::Good(Arc::new(ContentSummary::unread()));
            }
            Err(failure) => {
                let guarded = is_guarded(&failure) && self.policy.refusal_is_presence;
                let mut finding = Finding::of_failure(failure);
                if let (Finding::Unreachable(problem), true) = (&mut finding, guarded) {
                    problem.members.insert(GUARDED.to_owned(), true.into());
                }
                return located(finding, source, self.policy);
            }
        }
        let finished = if reader.is_of_archive() {
            // Thousands of entries are put in order.
            aside(move || reader.finish()).await
        } else {
            reader.finish()
        };
        let finding = match finished {
            Err(error) => match self.check.unread(&error) {
                Some(summary) => Finding::Good(Arc::new(summary)),
                None => Finding::of_content_error(&error),
            },
            Ok(_) if whole && self.fetcher.ignores_body() => {
                Finding::Good(Arc::new(ContentSummary::unread()))
            }
            Ok(summary) if !whole || self.takes_unseen(position) => {
                Finding::Good(Arc::new(summary))
            }
            Ok(summary) => match self.check.judge(manifest, &summary) {
                Ok(()) => Finding::Good(Arc::new(summary)),
                Err(problem) => Finding::OtherBytes(problem),
            },
        };
        located(finding, source, self.policy)
    }

    /// Uploads were judged when they came.
    fn own_finding(&self, manifest: &Manifest, upload: Option<&Arc<Upload>>) -> Finding {
        match upload.and_then(|upload| upload.summary.clone()) {
            Some(summary) => match self.check.judge_late(manifest, &summary) {
                Ok(()) => Finding::Good(summary),
                Err(problem) => Finding::OtherBytes(problem),
            },
            None => Finding::Unreachable(Problem::new(
                ProblemKind::MissingContent,
                "Nothing was uploaded that the registry could serve itself.",
            )),
        }
    }

    fn takes_unseen(&self, position: usize) -> bool {
        self.policy.skips_digest || (self.policy.checks_first_only && position > 0)
    }
}

/// What comes of it before that time; nothing is begun with after it.
async fn within<T>(until: Instant, work: impl Future<Output = T>) -> Option<T> {
    if Instant::now() >= until {
        return None;
    }
    timeout_at(until, work).await.ok()
}

/// Whether the host wants to know who asks.
fn is_guarded(failure: &FetchFailure<ContentError>) -> bool {
    matches!(failure, FetchFailure::Fetch(error) if matches!(error.trouble, FetchTrouble::Status(401 | 403)))
}

/// Says which source a problem is about.
fn located(finding: Finding, source: &RemoteSource, policy: SourcePolicy) -> Finding {
    let locate = |problem: Problem| {
        let problem =
            if problem.kind == ProblemKind::SourceForbidden && policy.forbidden_is_unreachable {
                Problem {
                    kind: ProblemKind::SourceUnreachable,
                    ..problem
                }
            } else {
                problem
            };
        if policy.hides_unreachable_url {
            return Problem::new(problem.kind, problem.kind.title());
        }
        let reason = if policy.failure_shows_credentials {
            format!("{} with {}", problem.detail, source.given_text())
        } else {
            problem.detail.clone()
        };
        problem.with(
            "sources",
            serde_json::json!([{"url": source.shown_url, "reason": reason}]),
        )
    };
    match finding {
        Finding::Good(summary) => Finding::Good(summary),
        Finding::OtherBytes(problem) => Finding::OtherBytes(locate(problem)),
        Finding::Unreachable(problem) => Finding::Unreachable(locate(problem)),
        Finding::Forbidden(problem) => Finding::Forbidden(locate(problem)),
    }
}
