use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

use super::gateway::Gateway;
use super::inner::Inner;
use super::play::Play;
use super::shared::{HostState, Shared, lock};
use super::tls::Tls;
use super::{Authority, AuthorityError, Behaviour, Host, Received, Scheme, Slot};

/// Where the suite serves content (`origin` of the target file).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginOptions {
    /// The address to listen on. Port 0: several origins on free ports; any other: one origin.
    pub bind: SocketAddr,
    /// How the registry reaches it, if not by that address; then there is one origin.
    pub public_url: Option<Url>,
    /// Whether the default scheme is `https`.
    pub tls: bool,
    /// Where the CA is kept ([`Authority::kept`]); one of this run's own without it.
    pub ca: Option<PathBuf>,
}

impl Default for OriginOptions {
    fn default() -> Self {
        Self {
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            tls: false,
            ca: None,
        }
    }
}

/// The origin could not be started or used.
#[derive(Debug, thiserror::Error)]
pub enum OriginError {
    /// The address can not be listened on.
    #[error("failed to listen on {bind} for content requests")]
    Bind {
        /// The address.
        bind: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The CA can not be made or used.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// The certificate can not be made.
    #[error("failed to make a certificate for the content hosts")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The public URL is not `http` or `https` with a host.
    #[error(
        "failed to use {url} as the public URL of the content hosts: it must be http or https, with a host"
    )]
    PublicUrl {
        /// The URL.
        url: Url,
    },
    /// An address can not be said in a URL.
    #[error("failed to make a URL of {text:?}")]
    Url {
        /// What should be a URL.
        text: String,
        /// Why it is none.
        source: url::ParseError,
    },
    /// There is no such origin: the port is fixed or there is a public URL.
    #[error(
        "failed to serve content at origin {slot:?} over {scheme:?}: a fixed port or public URL gives one origin only"
    )]
    NoSuchOrigin {
        /// What was asked for.
        slot: Slot,
        /// What was asked for.
        scheme: Scheme,
    },
}

/// The suite's content hosts. Everything ends when it is dropped.
#[derive(Debug)]
pub struct Origin {
    /// The base URL of each gateway.
    gateways: HashMap<(Slot, Scheme), Url>,
    default_scheme: Scheme,
    ca_pem: String,
    shared: Arc<Shared>,
    refused_url: Url,
    unresolvable_url: Url,
    /// Bound and not listening: the port is nobody else's, and connections are refused.
    _refusing: TcpSocket,
    /// The gateways; aborted when dropped.
    _tasks: JoinSet<()>,
}

impl Origin {
    /// Starts the gateways.
    pub async fn start(options: OriginOptions) -> Result<Self, OriginError> {
        let names = certificate_names(&options)?;
        let authority = match &options.ca {
            Some(path) => Authority::kept(path)?,
            None => Authority::of_this_run().map_err(AuthorityError::from)?,
        };
        let tls = Tls::certified(&authority, &names).map_err(OriginError::Certificate)?;
        let shared = Arc::new(Shared::new(Inner::start().await));
        let default_scheme = if options.tls {
            Scheme::Https
        } else {
            Scheme::Http
        };
        let single = options.bind.port() != 0 || options.public_url.is_some();
        let wanted: Vec<(Slot, Scheme)> = if single {
            vec![(Slot::A, default_scheme)]
        } else {
            let slots = [Slot::A, Slot::B, Slot::C, Slot::Forbidden];
            slots
                .into_iter()
                .flat_map(|slot| [(slot, Scheme::Http), (slot, Scheme::Https)])
                .collect()
        };
        let mut gateways = HashMap::new();
        let mut tasks = JoinSet::new();
        for (slot, scheme) in wanted {
            let failed = |source| OriginError::Bind {
                bind: options.bind,
                source,
            };
            let listener = TcpListener::bind(options.bind).await.map_err(failed)?;
            let address = reachable(listener.local_addr().map_err(failed)?);
            let base = match &options.public_url {
                Some(url) => url.clone(),
                None => base_url(scheme, address)?,
            };
            gateways.insert((slot, scheme), base);
            let acceptor = (scheme == Scheme::Https).then(|| tls.acceptor.clone());
            tasks.spawn(
                Gateway {
                    slot,
                    scheme,
                    shared: shared.clone(),
                    tls: acceptor,
                }
                .serve(listener),
            );
        }
        let (refusing, refused) = reserve(options.bind)?;
        let scheme = scheme_name(default_scheme);
        let refused_url = refused_url(scheme, options.public_url.as_ref(), refused)?;
        let unresolvable_url = parse(&format!("{scheme}://content.invalid/content"))?;
        Ok(Self {
            gateways,
            default_scheme,
            ca_pem: tls.ca_pem,
            shared,
            refused_url,
            unresolvable_url,
            _refusing: refusing,
            _tasks: tasks,
        })
    }

    /// How many distinct origins there are of each scheme, without [`Slot::Forbidden`]: 3, or 1.
    pub fn origins(&self) -> usize {
        self.gateways
            .keys()
            .filter(|(slot, scheme)| *slot != Slot::Forbidden && *scheme == self.default_scheme)
            .count()
    }

    /// Whether a host can be made there.
    pub fn offers(&self, slot: Slot, scheme: Scheme) -> bool {
        self.gateways.contains_key(&(slot, scheme))
    }

    /// The scheme that [`Origin::host`] uses.
    pub fn default_scheme(&self) -> Scheme {
        self.default_scheme
    }

    /// A new host in the default scheme. `file_name` ends its path (percent-encoded as needed), for registries that look at
    /// extensions.
    pub fn host(
        &self,
        file_name: &str,
        slot: Slot,
        behaviour: Behaviour,
    ) -> Result<Host, OriginError> {
        self.host_with_scheme(file_name, slot, self.default_scheme(), behaviour)
    }

    /// A new host in the given scheme.
    pub fn host_with_scheme(
        &self,
        file_name: &str,
        slot: Slot,
        scheme: Scheme,
        behaviour: Behaviour,
    ) -> Result<Host, OriginError> {
        let id = format!("{:032x}", rand::random::<u128>());
        self.host_with_id(id, file_name, slot, scheme, behaviour)
    }

    /// A new host whose path begins with `id`, so that its URL is the same whenever a run is repeated; while another host
    /// has that id, this one gets another.
    pub fn host_with_id(
        &self,
        id: String,
        file_name: &str,
        slot: Slot,
        scheme: Scheme,
        behaviour: Behaviour,
    ) -> Result<Host, OriginError> {
        let base = self
            .gateways
            .get(&(slot, scheme))
            .ok_or(OriginError::NoSuchOrigin { slot, scheme })?;
        let mut hosts = lock(&self.shared.hosts);
        let id = if hosts.contains_key(&id) {
            format!("{:032x}", rand::random::<u128>())
        } else {
            id
        };
        let mut url = base.clone();
        url.path_segments_mut()
            .map_err(|()| OriginError::PublicUrl { url: base.clone() })?
            .pop_if_empty()
            .extend(["h", &id, file_name]);
        let state = Arc::new(HostState {
            slot,
            scheme,
            url: url.to_string(),
            play: Mutex::new(Play::new(behaviour)),
            log: Mutex::default(),
            count: watch::Sender::new(0),
        });
        hosts.insert(id.clone(), state.clone());
        Ok(Host {
            id,
            url,
            state,
            shared: self.shared.clone(),
        })
    }

    /// The CA certificate (PEM) that a registry has to trust for `https`.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// `host:port` of all gateways that a registry with an address policy has to exempt, by address and (on loopback) by
    /// `localhost`; not that of [`Slot::Forbidden`], and not that of [`Origin::refused_url`].
    pub fn host_ports(&self) -> Vec<String> {
        let mut exempt: Vec<_> = self
            .gateways
            .iter()
            .filter(|((slot, _), _)| *slot != Slot::Forbidden)
            .collect();
        exempt.sort_by_key(|(origin, _)| **origin);
        exempt
            .into_iter()
            .flat_map(|(_, base)| host_ports(base))
            .collect()
    }

    /// `host:port` behind [`Origin::refused_url`], to exempt as well when the refusal is to be that of the connection.
    pub fn refused_host_port(&self) -> String {
        host_ports(&self.refused_url).remove(0)
    }

    /// A URL at which nothing listens; the port stays reserved as long as the origin lives.
    pub fn refused_url(&self) -> Url {
        self.refused_url.clone()
    }

    /// A URL whose name no resolver knows (`.invalid`, RFC 6761).
    pub fn unresolvable_url(&self) -> Url {
        self.unresolvable_url.clone()
    }

    /// Requests that met no host (unknown or dropped), at most 200.
    pub fn strays(&self) -> Vec<Received> {
        self.shared.strays()
    }
}

/// The names of the certificate; also checks the public URL.
fn certificate_names(options: &OriginOptions) -> Result<Vec<String>, OriginError> {
    let mut names = vec![
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        "::1".to_owned(),
    ];
    if !options.bind.ip().is_unspecified() {
        names.push(options.bind.ip().to_string());
    }
    if let Some(url) = &options.public_url {
        let host = url
            .host()
            .filter(|_| ["http", "https"].contains(&url.scheme()));
        names.push(
            match host.ok_or_else(|| OriginError::PublicUrl { url: url.clone() })? {
                url::Host::Domain(name) => name.to_owned(),
                url::Host::Ipv4(address) => address.to_string(),
                url::Host::Ipv6(address) => address.to_string(),
            },
        );
    }
    Ok(names)
}

/// Where a listener can be reached from this machine, when it listens on every address.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn parse(text: &str) -> Result<Url, OriginError> {
    Url::parse(text).map_err(|source| OriginError::Url {
        text: text.to_owned(),
        source,
    })
}

fn base_url(scheme: Scheme, address: SocketAddr) -> Result<Url, OriginError> {
    parse(&format!("{}://{address}/", scheme_name(scheme)))
}

fn scheme_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    }
}

/// Takes a port without listening on it.
fn reserve(bind: SocketAddr) -> Result<(TcpSocket, SocketAddr), OriginError> {
    let bind = SocketAddr::new(bind.ip(), 0);
    let failed = |source| OriginError::Bind { bind, source };
    let socket = if bind.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    }
    .map_err(failed)?;
    socket.bind(bind).map_err(failed)?;
    let address = reachable(socket.local_addr().map_err(failed)?);
    Ok((socket, address))
}

/// The reserved port, at the public host if there is one.
fn refused_url(
    scheme: &str,
    public_url: Option<&Url>,
    refused: SocketAddr,
) -> Result<Url, OriginError> {
    match public_url.and_then(Url::host_str) {
        Some(host) => parse(&format!("{scheme}://{host}:{}/refused", refused.port())),
        None => parse(&format!("{scheme}://{refused}/refused")),
    }
}

/// `host:port` of a URL, and the same by the name `localhost` if it is a loopback address.
fn host_ports(url: &Url) -> Vec<String> {
    let port = url.port_or_known_default().unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    let loopback = host
        .trim_matches(['[', ']'])
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback());
    let names = std::iter::once(host).chain(loopback.then_some("localhost"));
    names.map(|name| format!("{name}:{port}")).collect()
}
