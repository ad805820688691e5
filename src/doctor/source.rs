//! Whether the registry reaches the suite's content hosts.

use serde_json::json;
use url::{Host as UrlHost, Url};

use super::chart::{Chart, Trouble};
use super::keys::FIRST;
use super::registry::OWNER;
use super::release::{Draft, Ending, Outcome, Release};
use super::visit::Visit;
use crate::origin::Host;
use crate::target::CapabilityValue;
use crate::wire::Exchange;

pub(super) const SOURCE: &str = "source";

/// What a publish from a source showed.
#[derive(Debug, Default)]
pub(super) struct Sourced {
    /// The release, if it was published, and what serves it.
    pub published: Option<(Release, Host)>,
    /// Whether sources are taken at all.
    pub is_taken: Option<bool>,
    /// The host was asked before the publish ended.
    pub was_asked: bool,
    /// Refused as a private address.
    pub is_forbidden: bool,
}

/// Publishes from a source.
pub(super) async fn source(visit: &mut Visit<'_>, chart: &mut Chart) -> Sourced {
    let mut sourced = Sourced::default();
    let is_declared = visit.context.target.capabilities.is("sources");
    let checked = publish(visit, &mut sourced).await;
    match checked {
        Ok(detail) => chart.ok(SOURCE, detail),
        // That there is none is as declared.
        Err(_) if !is_declared && sourced.is_taken != Some(true) => {
            chart.not_checked(SOURCE, "`sources: false` is declared");
        }
        Err(trouble) => chart.problem(SOURCE, trouble),
    }
    sourced
}

async fn publish(visit: &mut Visit<'_>, sourced: &mut Sourced) -> Result<String, Trouble> {
    let draft = Draft::new(visit.namespace(OWNER), visit.new_content());
    let release = match visit.create(Some(OWNER), &draft).await {
        Ok(release) => release,
        Err(exchange) => return Err(visit.create_trouble(exchange)),
    };
    let Some(host) = visit.host(&release.content) else {
        return Err(Trouble::new(
            "the suite has no content host",
            "Look at `origin` in the target file.",
        ));
    };
    let url = host.url();
    let added = visit
        .change_sources(&release, "POST", &[json!({"url": url})])
        .await;
    let is_added = added
        .answered()
        .is_some_and(crate::wire::Answer::is_success);
    if !is_added {
        let problem = visit.problem(&added);
        sourced.is_taken = Some(
            problem
                .as_deref()
                .is_some_and(|name| name.contains("source-") || name == "digest-mismatch"),
        );
        sourced.is_forbidden = problem.as_deref() == Some("source-forbidden");
        sourced.was_asked = host.request_count() > 0;
        return Err(refusal(
            visit,
            &host,
            problem.as_deref(),
            added,
            "adding a source",
        ));
    }
    sourced.is_taken = Some(true);
    let ending = visit.publish(&release, FIRST, None).await;
    sourced.was_asked = host.request_count() > 0;
    sourced.is_forbidden = ending.problem() == Some("source-forbidden");
    if ending.is_published() {
        let asked = if sourced.was_asked {
            format!(
                "{} was fetched from, and the release published",
                place(&url)
            )
        } else {
            unasked(visit, &url, &ending)?
        };
        sourced.published = Some((release, host));
        return Ok(asked);
    }
    let Ending {
        outcome, exchange, ..
    } = ending;
    Err(match outcome {
        Outcome::Refused(problem) => refusal(
            visit,
            &host,
            problem.as_deref(),
            exchange,
            "publishing from a source",
        ),
        Outcome::Endless if host.request_count() > 0 => Trouble::new(
            format!("{} was asked, and the publish does not end", place(&url)),
            "The registry was served the content; look into its log for what it waits for.",
        )
        .with(exchange),
        _ => Trouble::new(
            format!(
                "{} was never asked, and the publish does not end",
                place(&url)
            ),
            way_back(visit, &url),
        )
        .with(exchange),
    })
}

/// Published without a look: as declared, or not.
fn unasked(visit: &Visit<'_>, url: &Url, ending: &Ending) -> Result<String, Trouble> {
    match visit.context.target.capabilities.get("verification") {
        Some(CapabilityValue::Choice(which)) if which != "all" => Ok(format!(
            "published, and {} never asked, as `verification: {which}` declares",
            place(url)
        )),
        _ => Err(Trouble::new(
            format!("published, and {} was never asked", place(url)),
            "The registry does not verify what it does not fetch. Mend that, or declare `verification: uploads` (or `none`).",
        )
        .with(ending.exchange.clone())),
    }
}

fn refusal(
    visit: &Visit<'_>,
    host: &Host,
    problem: Option<&str>,
    exchange: Box<Exchange>,
    what: &str,
) -> Trouble {
    let url = host.url();
    let place = place(&url);
    let said = match (problem, exchange.status()) {
        // The end of an asynchronous publish is told in a status, whose own is 200.
        (Some(problem), Some(200..300)) => format!("fails with the problem {problem}"),
        (None, Some(200..300)) => "fails".to_owned(),
        _ => format!("is answered {}", visit.describe(&exchange)),
    };
    let strays = visit.context.origin.strays();
    let asked = match host.request_count() {
        0 if !strays.is_empty() => "asked for another path",
        0 => "never asked",
        _ => "asked, and the content served",
    };
    let next = match problem {
        Some("source-forbidden") => exempt(visit, &place),
        Some("unsupported-source-scheme") => format!(
            "The registry does not take {}: URLs as content sources. Declare `sources.schemes`, and with `origin: {{tls: true}}` the suite serves https.",
            url.scheme()
        ),
        Some("source-unreachable") | None if host.request_count() == 0 && !strays.is_empty() => {
            "Something reaches the content host and changes the path on its way. `origin.public-url` has to lead to the root of the host, or the proxy has to pass paths on as they are.".to_owned()
        }
        Some("source-unreachable") if host.request_count() == 0 => way_back(visit, &url),
        Some("digest-mismatch") => format!(
            "What arrived is not what was served: look at what stands between the registry and {place}, and at `digest.form`."
        ),
        None | Some("not-found" | "method-not-allowed")
            if matches!(exchange.status(), Some(404 | 405 | 501)) =>
        {
            "The registry takes no content by URL: declare `sources: false`, or mend it (SRC-1); if the operation is elsewhere, `paths: {content-sources: ...}`.".to_owned()
        }
        _ => format!("The registry has to publish content that {place} serves (SRC-2); look into its log."),
    };
    Trouble::new(format!("{what} {said}; {place} was {asked}"), next).with(exchange)
}

/// What to do about an address policy.
fn exempt(visit: &Visit<'_>, place: &str) -> String {
    let policy = "The registry fetches from no private address";
    if visit.context.target.origin.bind.port() == 0 {
        return format!(
            "{policy}. Give the content host a fixed port (`origin: {{bind: \"127.0.0.1:8090\"}}` in the target file), exempt that host:port in the registry, and declare `sources.private: refused`."
        );
    }
    format!("{policy}. Exempt {place} in it, and declare `sources.private: refused`.")
}

/// What to do when nothing arrives.
fn way_back(visit: &Visit<'_>, url: &Url) -> String {
    let target = &visit.context.target;
    let place = place(url);
    if let Some(public) = &target.origin.public_url
        && target.origin.bind.port() == 0
    {
        return format!(
            "Nothing came through {public}. Give `origin.bind` a port: with 0 the content hosts have another one in each run, and no tunnel or proxy can lead there."
        );
    }
    if let Some(public) = &target.origin.public_url {
        return format!(
            "Nothing came through {public} to {}. Look at the tunnel or proxy between them, from the registry's machine: `curl -i {public}` has to be answered 404 by the suite while it runs.",
            target.origin.bind
        );
    }
    if is_loopback(url) && !is_loopback(&target.registry) {
        return format!(
            "The registry is on another machine, and {place} is this one alone. Give the content host a public address or a tunnel, with `origin: {{bind: ..., public-url: ...}}` in the target file (docs/testing-a-registry.md, \"Content hosts\"), or declare `sources: false`."
        );
    }
    format!(
        "The registry has to reach {place}. In a container, or behind a firewall, it does not: see `origin` in the target file (docs/testing-a-registry.md, \"Content hosts\"), or declare `sources: false`."
    )
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(UrlHost::Ipv4(address)) => address.is_loopback(),
        Some(UrlHost::Ipv6(address)) => address.is_loopback(),
        Some(UrlHost::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// `host:port` of a content host.
fn place(url: &Url) -> String {
    format!(
        "{}:{}",
        url.host_str().unwrap_or_default(),
        url.port_or_known_default().unwrap_or_default()
    )
}
