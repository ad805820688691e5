//! A certificate authority of the server's own, and a certificate by it.

use openssl::{
    asn1::Asn1Time,
    bn::{BigNum, MsbOption},
    ec::{EcGroup, EcKey},
    error::ErrorStack,
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{
        X509, X509Builder, X509NameBuilder,
        extension::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage,
            SubjectAlternativeName, SubjectKeyIdentifier,
        },
    },
};
use tokio_native_tls::native_tls;

/// Days for which certificates are good.
const DAYS: u32 = 30;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// OpenSSL made no certificate.
    #[error("failed to make a certificate")]
    Certificate(#[from] ErrorStack),
    /// The certificate can not be served.
    #[error("failed to serve the certificate")]
    Acceptor(#[from] native_tls::Error),
}

/// What a TLS server shows, and what its clients have to trust.
pub(crate) struct TlsIdentity {
    /// Takes connections.
    pub(super) acceptor: tokio_native_tls::TlsAcceptor,
    /// Certificate of the authority, PEM.
    pub ca_pem: Vec<u8>,
}

impl TlsIdentity {
    /// Makes a certificate authority, and a certificate for these host names and addresses. The authority's key is forgotten.
    pub(crate) fn generate(hosts: &[String]) -> Result<Self, TlsError> {
        let (ca, ca_key) = authority()?;
        let (certificate, key) = certificate(hosts, &ca, &ca_key)?;
        let identity = native_tls::Identity::from_pkcs8(
            &certificate.to_pem()?,
            &key.private_key_to_pem_pkcs8()?,
        )?;
        let acceptor = native_tls::TlsAcceptor::new(identity)?;
        Ok(Self {
            acceptor: acceptor.into(),
            ca_pem: ca.to_pem()?,
        })
    }
}

fn authority() -> Result<(X509, PKey<Private>), ErrorStack> {
    let key = new_key()?;
    let mut builder = new_certificate("mock-registry CA", &key)?;
    let name = builder_name("mock-registry CA")?;
    builder.set_issuer_name(&name)?;
    builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
    builder.append_extension(
        KeyUsage::new()
            .critical()
            .key_cert_sign()
            .crl_sign()
            .build()?,
    )?;
    let identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(identifier)?;
    builder.sign(&key, MessageDigest::sha256())?;
    Ok((builder.build(), key))
}

fn certificate(
    hosts: &[String],
    ca: &X509,
    ca_key: &PKey<Private>,
) -> Result<(X509, PKey<Private>), ErrorStack> {
    let key = new_key()?;
    let mut builder = new_certificate("mock-registry", &key)?;
    builder.set_issuer_name(ca.subject_name())?;
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
    builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?;
    let mut names = SubjectAlternativeName::new();
    for host in hosts {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.parse::<std::net::IpAddr>().is_ok() {
            names.ip(host)
        } else {
            names.dns(host)
        };
    }
    let names = names.build(&builder.x509v3_context(Some(ca), None))?;
    builder.append_extension(names)?;
    let identifier = AuthorityKeyIdentifier::new()
        .keyid(true)
        .build(&builder.x509v3_context(Some(ca), None))?;
    builder.append_extension(identifier)?;
    builder.sign(ca_key, MessageDigest::sha256())?;
    Ok((builder.build(), key))
}

fn new_key() -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

fn new_certificate(common_name: &str, key: &PKey<Private>) -> Result<X509Builder, ErrorStack> {
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    let serial = serial.to_asn1_integer()?;
    builder.set_serial_number(&serial)?;
    let name = builder_name(common_name)?;
    builder.set_subject_name(&name)?;
    builder.set_pubkey(key)?;
    let (start, end) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(DAYS)?);
    builder.set_not_before(&start)?;
    builder.set_not_after(&end)?;
    Ok(builder)
}

fn builder_name(common_name: &str) -> Result<openssl::x509::X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)?;
    Ok(name.build())
}
