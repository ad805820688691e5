//! Where a registry is served, and the URLs that follow from it.

use std::time::Duration;

use url::Url;

use crate::{
    StartError,
    server::{Bound, ConnectionLimits},
};

/// Connections at a time, where nothing else is said.
const MAX_CONNECTIONS: usize = 4096;
/// How long a connection may be idle, where nothing else is said.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);

/// Where a registry is served.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Address to listen on; `127.0.0.1` when absent.
    pub host: Option<String>,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Base URL in the registry's own references, when it is reached by another than where it listens.
    pub external_url: Option<String>,
    /// Origin of uploads, when it is another than the API's.
    pub upload_url: Option<String>,
    /// Where the upload origin listens as `HOST:PORT`, when that is not what its URL says.
    pub upload_bind: Option<String>,
    /// Path of the base URL.
    pub base_path: Option<String>,
    /// Serves https with a certificate authority of its own.
    pub tls: bool,
    /// Sessions that clients may make at a time, beside the registry itself; 1000 when absent.
    pub max_sessions: Option<usize>,
    /// Connections at a time, on all addresses together; 4096 when absent, and never more than the process can open.
    pub max_connections: Option<usize>,
    /// How long a connection may wait for the whole head of a request, or for its client to take more of an answer; a minute when absent.
    pub idle_timeout: Option<Duration>,
}

impl Network {
    /// What connections may take.
    pub(crate) fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            count: self.max_connections.unwrap_or(MAX_CONNECTIONS),
            idle: self.idle_timeout.unwrap_or(IDLE_TIMEOUT),
        }
    }
}

/// Takes the address of the upload origin; its URL has the port that it got.
pub(crate) async fn bind_uploads(
    url: &str,
    bind: Option<&str>,
) -> Result<(Bound, Url), StartError> {
    let mut parsed = parse_base(url)?;
    let bad = |reason: &str| StartError::BaseUrl {
        url: url.to_owned(),
        reason: reason.to_owned(),
    };
    let (host, port) = if let Some(bind) = bind {
        bind.rsplit_once(':')
            .and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)))
            .ok_or_else(|| bad("its address to listen on is not HOST:PORT"))?
    } else {
        let host = parsed.host_str().ok_or_else(|| bad("it has no host"))?;
        let port = parsed
            .port_or_known_default()
            .ok_or_else(|| bad("it has no port"))?;
        (host.to_owned(), port)
    };
    let bound = Bound::bind(&host, port).await?;
    if parsed.port() == Some(0) {
        parsed
            .set_port(Some(bound.address().port()))
            .map_err(|()| bad("it can not have a port"))?;
    }
    Ok((bound, parsed))
}

/// A base URL, if it can be one.
pub(crate) fn parse_base(url: &str) -> Result<Url, StartError> {
    let bad = |reason: String| StartError::BaseUrl {
        url: url.to_owned(),
        reason,
    };
    let parsed = Url::parse(url).map_err(|error| bad(error.to_string()))?;
    if !matches!(parsed.scheme(), "http" | "https") {
        return Err(bad("it is neither http nor https".to_owned()));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(bad("it has a query or a fragment".to_owned()));
    }
    Ok(parsed)
}

/// A path as it stands in a URL, without a slash at the end.
pub(crate) fn parse_base_path(path: &str) -> Result<String, StartError> {
    let bad = |reason| StartError::BasePath {
        path: path.to_owned(),
        reason,
    };
    let trimmed = path.trim_matches('/');
    for segment in trimmed.split('/').filter(|_| !trimmed.is_empty()) {
        let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
        match decoded.as_ref() {
            "" => return Err(bad("it has an empty segment")),
            "." | ".." => return Err(bad("clients leave the segments . and .. out")),
            _ => {}
        }
    }
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/".contains(&byte);
    if !trimmed.bytes().all(is_fit) {
        return Err(bad(
            "it has characters that can not stand in the path of a URL (RFC 3986)",
        ));
    }
    Ok(format!("/{trimmed}"))
}

/// A host to connect to for one to listen on: nobody connects to "all addresses".
pub(crate) fn reachable(host: &str) -> String {
    match host {
        "0.0.0.0" => "127.0.0.1".to_owned(),
        "::" | "[::]" => "[::1]".to_owned(),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    }
}

/// A path with a slash at its end.
pub(crate) fn with_slash(path: &str) -> String {
    format!("{}/", path.trim_end_matches('/'))
}
