use std::net::IpAddr;

use openssl::asn1::Asn1Time;
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
    SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder, X509NameRef};
use tokio_native_tls::{TlsAcceptor, native_tls};

use super::Authority;

/// Days that the certificate of a run is good for.
const DAYS_OF_A_LEAF: u32 = 30;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A CA, and an acceptor with a certificate of it that is made for this run.
pub(super) struct Tls {
    pub(super) ca_pem: String,
    pub(super) acceptor: TlsAcceptor,
}

impl Tls {
    /// Makes a certificate for these names and addresses.
    pub(super) fn certified(authority: &Authority, names: &[String]) -> Result<Self, Failure> {
        let leaf_key = key()?;
        let leaf = leaf(&leaf_key, authority, names)?;
        let identity = native_tls::Identity::from_pkcs8(
            &leaf.to_pem()?,
            &leaf_key.private_key_to_pem_pkcs8()?,
        )?;
        let acceptor = native_tls::TlsAcceptor::new(identity)?;
        Ok(Self {
            ca_pem: String::from_utf8(authority.certificate.to_pem()?)?,
            acceptor: acceptor.into(),
        })
    }
}

pub(super) fn key() -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

fn name(common_name: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_nid(Nid::COMMONNAME, common_name)?;
    Ok(name.build())
}

/// What CA and leaf have in common. Valid from a day ago, for clocks that are behind.
fn certificate(
    key: &PKey<Private>,
    subject: &X509NameRef,
    issuer: &X509NameRef,
    days: u32,
) -> Result<X509Builder, ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    let day_ago = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |now| {
            i64::try_from(now.as_secs()).unwrap_or_default() - 24 * 3600
        });
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial.to_asn1_integer()?)?;
    builder.set_not_before(&*Asn1Time::from_unix(day_ago)?)?;
    builder.set_not_after(&*Asn1Time::days_from_now(days)?)?;
    builder.set_subject_name(subject)?;
    builder.set_issuer_name(issuer)?;
    builder.set_pubkey(key)?;
    Ok(builder)
}

/// The certificate of a CA for content hosts.
pub(super) fn ca(key: &PKey<Private>, days: u32) -> Result<X509, ErrorStack> {
    let name = name("registry-conformance content hosts CA")?;
    let mut builder = certificate(key, &name, &name, days)?;
    builder.append_extension(BasicConstraints::new().critical().ca().pathlen(0).build()?)?;
    builder.append_extension(
        KeyUsage::new()
            .critical()
            .key_cert_sign()
            .crl_sign()
            .build()?,
    )?;
    let identifier = SubjectKeyIdentifier::new().build(&builder.x509v3_context(None, None))?;
    builder.append_extension(identifier)?;
    builder.sign(key, MessageDigest::sha256())?;
    Ok(builder.build())
}

fn leaf(key: &PKey<Private>, authority: &Authority, names: &[String]) -> Result<X509, ErrorStack> {
    let ca = &authority.certificate;
    let subject = name("registry-conformance content host")?;
    let mut builder = certificate(key, &subject, ca.subject_name(), DAYS_OF_A_LEAF)?;
    builder.append_extension(BasicConstraints::new().critical().build()?)?;
    builder.append_extension(KeyUsage::new().critical().digital_signature().build()?)?;
    builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?;
    let mut alternatives = SubjectAlternativeName::new();
    for name in names {
        if name.parse::<IpAddr>().is_ok() {
            alternatives.ip(name)
        } else {
            alternatives.dns(name)
        };
    }
    let context = builder.x509v3_context(Some(ca), None);
    let extensions = [
        alternatives.build(&context)?,
        SubjectKeyIdentifier::new().build(&context)?,
        AuthorityKeyIdentifier::new().keyid(false).build(&context)?,
    ];
    for extension in extensions {
        builder.append_extension(extension)?;
    }
    builder.sign(&authority.key, MessageDigest::sha256())?;
    Ok(builder.build())
}
