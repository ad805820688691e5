//! Whether anything answers: name, connection, TLS and HTTP told apart.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::{Host, Url};

use super::answers;
use super::chart::{Chart, Trouble};
use super::visit::Visit;
use crate::wire::{Exchange, Phase, Request, WireError};

/// The steps of it.
pub(super) const STEPS: [&str; 4] = ["name", "connection", "TLS", "HTTP"];

/// Whether a request gets an answer of any kind.
pub(super) async fn reach(visit: &mut Visit<'_>, chart: &mut Chart) -> bool {
    let url = visit.context.target.registry.clone();
    let limit = visit.context.target.deadlines.exchange;
    let addresses = match resolve(&url, limit).await {
        Ok((addresses, detail)) => {
            chart.ok("name", detail);
            addresses
        }
        Err(trouble) => {
            chart.problem("name", trouble);
            return false;
        }
    };
    match connect(&addresses, limit).await {
        Ok(address) => chart.ok("connection", format!("{address} accepts connections")),
        Err(trouble) => {
            chart.problem("connection", trouble);
            return false;
        }
    }
    let exchange = visit
        .send(Request::new("anything", "GET", url.clone()), None)
        .await;
    let is_tls = url.scheme() == "https";
    let failed_in_tls = match &exchange.answer {
        Err(WireError::Tls { .. }) => true,
        // The connection itself stood a moment ago.
        Err(WireError::Timeout { phase, .. }) => is_tls && *phase == Phase::Connecting,
        _ => false,
    };
    if failed_in_tls {
        let said = match &exchange.answer {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        };
        let detail = answers::shown(&tls_reason(&said), &visit.context.redactor);
        chart.problem(
            "TLS",
            Trouble::new(detail, tls_advice(&said)).with(exchange),
        );
        return false;
    }
    let tls = if is_tls {
        "the certificate is trusted"
    } else {
        "none: the base URL begins with http://"
    };
    chart.ok("TLS", tls);
    let answered = http(visit, &url, exchange);
    let is_reached = answered.is_ok();
    chart.note("HTTP", answered);
    is_reached
}

async fn resolve(url: &Url, limit: Duration) -> Result<(Vec<SocketAddr>, String), Trouble> {
    let port = url.port_or_known_default().unwrap_or_default();
    let name = match url.host() {
        Some(Host::Ipv4(address)) => {
            return Ok((
                vec![(address, port).into()],
                format!("{address} is an address"),
            ));
        }
        Some(Host::Ipv6(address)) => {
            return Ok((
                vec![(address, port).into()],
                format!("{address} is an address"),
            ));
        }
        Some(Host::Domain(name)) => name.to_owned(),
        None => String::new(),
    };
    let next = format!(
        "Look at the host in `registry` of the target file (or --registry); `{name}` has to have an address on this machine."
    );
    let found = timeout(limit, lookup_host((name.as_str(), port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.collect(),
        Ok(Err(error)) => {
            return Err(Trouble::new(
                format!("no address of `{name}` is found: {error}"),
                next,
            ));
        }
        Err(_) => {
            let detail = format!("no address of `{name}` is found within {limit:?}");
            return Err(Trouble::new(detail, next));
        }
    };
    let Some(first) = addresses.first() else {
        return Err(Trouble::new(format!("`{name}` has no address"), next));
    };
    let detail = match addresses.len() {
        1 => format!("{name} is {}", first.ip()),
        count => format!("{name} is {} (of {count} addresses)", first.ip()),
    };
    Ok((addresses, detail))
}

async fn connect(addresses: &[SocketAddr], limit: Duration) -> Result<SocketAddr, Trouble> {
    let mut failure = String::new();
    // Half of the time at most for one of several, so that a dead one does not hide the others.
    let each = if addresses.len() > 1 {
        limit / 2
    } else {
        limit
    };
    for address in addresses.iter().take(4) {
        match timeout(each, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(*address),
            Ok(Err(error)) => failure = format!("{address} does not accept a connection: {error}"),
            Err(_) => failure = format!("{address} does not answer within {each:?}"),
        }
    }
    Err(Trouble::new(
        failure,
        "Start the registry, or set the right host and port in `registry` of the target file (or --registry). Firewalls and \
         container networks count too; the suite uses no proxy.",
    ))
}

fn http(visit: &Visit<'_>, url: &Url, exchange: Exchange) -> Result<String, Trouble> {
    match &exchange.answer {
        Ok(answer) if !exchange.gave_up => Ok(format!("GET {} is answered {}", url.path(), answer.status)),
        Ok(_) => Err(Trouble::new(
            visit.describe(&exchange),
            "Raise the registry's rate limit for this machine and the identities of the target file.",
        )
        .with(exchange)),
        Err(error) => {
            let advice = match error {
                WireError::Timeout { .. } => {
                    "Something accepts connections and does not answer. Is it the registry, is it busy, is `deadlines.exchange` too short?"
                }
                _ if url.scheme() == "http" => {
                    "What listens there speaks no HTTP. Is the port right? If it speaks TLS, `registry` has to begin with https://."
                }
                _ => "What listens there speaks no HTTP within TLS. Is the port right?",
            };
            let detail = answers::shown(&error.to_string(), &visit.context.redactor);
            Err(Trouble::new(detail, advice).with(exchange))
        }
    }
}

/// What OpenSSL says, without its places in the source: `certificate verify failed (self-signed certificate)`.
fn tls_reason(failure: &str) -> String {
    let Some((before, routines)) = failure.split_once("error:") else {
        return failure.to_owned();
    };
    // CODE:library:function:reason:file:line: (what was found)
    let Some(reason) = routines.split(':').nth(3) else {
        return failure.to_owned();
    };
    let found = routines
        .rfind('(')
        .and_then(|start| routines.get(start..))
        .unwrap_or_default();
    format!("{before}{reason} {found}").trim_end().to_owned()
}

fn tls_advice(failure: &str) -> &'static str {
    let failure = failure.to_ascii_lowercase();
    if failure.contains("wrong version number") || failure.contains("packet length") {
        "What listens there speaks no TLS. Is the port right, or has `registry` to begin with http://?"
    } else if failure.contains("hostname mismatch") || failure.contains("ip address mismatch") {
        "The certificate is for another name. Use in `registry` the name that it is for."
    } else if failure.contains("certificate verify failed") || failure.contains("self-signed") {
        "Name the certificate authority in the target file, `tls: {ca: FILE}` (PEM; relative to the target file). Without a target file only the system's are trusted."
    } else if failure.contains("alert") && failure.contains("certificate") {
        "The registry wants a client certificate: `tls: {client-cert: FILE, client-key: FILE}` in the target file."
    } else {
        "Look at the TLS set-up of the registry; `openssl s_client -connect HOST:PORT` shows more. `tls` in the target file names a CA and a client certificate."
    }
}
