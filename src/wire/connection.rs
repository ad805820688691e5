//! A TCP connection, with TLS or without.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use futures::FutureExt as _;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf},
    net::{TcpStream, lookup_host},
};
use tokio_native_tls::{TlsConnector, TlsStream};
use url::{Host, Url};

use super::WireError;

/// Scheme, host and port: what a connection can be used again for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Authority {
    tls: bool,
    host: String,
    port: u16,
}

impl Authority {
    pub(super) fn of(url: &Url) -> Result<Self, WireError> {
        let unusable = || WireError::Url(url.scheme().to_owned());
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(unusable()),
        };
        let host = match url.host().ok_or_else(unusable)? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = url.port_or_known_default().ok_or_else(unusable)?;
        Ok(Self { tls, host, port })
    }

    fn address(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

pub(super) enum Connection {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Connection {
    pub(super) async fn open(
        authority: &Authority,
        connector: &TlsConnector,
    ) -> Result<Self, WireError> {
        let address = authority.address();
        let resolve = |reason: String| WireError::Resolve {
            host: authority.host.clone(),
            reason,
        };
        let addresses: Vec<_> = lookup_host((authority.host.as_str(), authority.port))
            .await
            .map_err(|error| resolve(error.to_string()))?
            .collect();
        let mut failure = resolve("it has no address".to_owned());
        for candidate in addresses {
            match TcpStream::connect(candidate).await {
                Ok(stream) => return Self::establish(stream, authority, connector, address).await,
                Err(error) => {
                    failure = WireError::Connect {
                        address: address.clone(),
                        reason: error.to_string(),
                    }
                }
            }
        }
        Err(failure)
    }

    async fn establish(
        stream: TcpStream,
        authority: &Authority,
        connector: &TlsConnector,
        address: String,
    ) -> Result<Self, WireError> {
        // Small requests are not held back; a socket that can not do this works all the same.
        let _ = stream.set_nodelay(true);
        if !authority.tls {
            return Ok(Self::Plain(stream));
        }
        match connector.connect(&authority.host, stream).await {
            Ok(stream) => Ok(Self::Tls(Box::new(stream))),
            Err(error) => Err(WireError::Tls {
                address,
                reason: error.to_string(),
            }),
        }
    }

    /// Whether the peer has neither closed nor said anything unasked while the connection was idle.
    pub(super) fn is_quiet(&mut self) -> bool {
        let mut octet = [0];
        self.read(&mut octet).now_or_never().is_none()
    }

    /// Makes the connection end with a reset as soon as it is dropped.
    pub(super) fn reset_on_drop(&self) {
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().get_ref().get_ref(),
        };
        let _ = stream.set_zero_linger();
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
