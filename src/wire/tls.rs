//! What both senders show and trust in TLS.

use std::sync::{Mutex, PoisonError};

use tokio_native_tls::native_tls::{Certificate, Identity, TlsConnector};

use super::{ClientError, WireOptions};

/// What the system trusts, and no identity; one for the whole process, since reading the system's certificates takes tens of
/// milliseconds.
static SYSTEM_TRUST: Mutex<Option<TlsConnector>> = Mutex::new(None);

/// The system's certificates and those of `options`, and the client's own identity.
pub(super) fn connector(options: &WireOptions) -> Result<TlsConnector, ClientError> {
    if options.ca.is_some() || options.client_identity.is_some() {
        return build(options);
    }
    system_trust()
}

/// Reads what the system trusts ahead of time, on a thread of its own if there can be one; whoever needs it meanwhile waits for it.
pub fn read_system_trust() {
    let thread = std::thread::Builder::new();
    drop(thread.spawn(|| system_trust().map(drop)));
}

fn system_trust() -> Result<TlsConnector, ClientError> {
    let mut made = SYSTEM_TRUST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(connector) = &*made {
        return Ok(connector.clone());
    }
    let connector = build(&WireOptions::default())?;
    *made = Some(connector.clone());
    Ok(connector)
}

fn build(options: &WireOptions) -> Result<TlsConnector, ClientError> {
    let mut builder = TlsConnector::builder();
    if let Some(pem) = &options.ca {
        let certificates =
            Certificate::stack_from_pem(pem).map_err(|error| ClientError::Ca(error.to_string()))?;
        if certificates.is_empty() {
            return Err(ClientError::Ca("there is none in the file".to_owned()));
        }
        for certificate in certificates {
            builder.add_root_certificate(certificate);
        }
    }
    if let Some(identity) = &options.client_identity {
        let identity = Identity::from_pkcs8(&identity.certificate, &identity.key)
            .map_err(|error| ClientError::Identity(error.to_string()))?;
        builder.identity(identity);
    }
    builder
        .build()
        .map_err(|error| ClientError::Tls(error.to_string()))
}
