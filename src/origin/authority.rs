//! The CA of the content hosts: made for one run, or kept in a file for registries to trust.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use openssl::asn1::Asn1Time;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::tls;

/// Days that a CA is good for: of one run, and of many.
const DAYS_OF_A_RUN: u32 = 30;
const DAYS_WHEN_KEPT: u32 = 3650;

/// A certificate authority with its private key.
pub struct Authority {
    pub(super) certificate: X509,
    pub(super) key: PKey<Private>,
}

/// A CA can not be kept at a path.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file can not be read.
    #[error("failed to read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file can not be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is no PEM of what it should hold.
    #[error("failed to find {what} in {}", path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// A certificate or a private key.
        what: &'static str,
        /// Why.
        source: ErrorStack,
    },
    /// There is a certificate and no key.
    #[error(
        "failed to use {} as the CA of the content hosts: its private key is expected in {}; without both files, the suite makes a CA",
        certificate.display(), key.display()
    )]
    NoKey {
        /// Where the certificate is.
        certificate: PathBuf,
        /// Where its key should be.
        key: PathBuf,
    },
    /// The two do not belong together.
    #[error(
        "failed to use {} as the CA of the content hosts: the key in {} is not its key",
        certificate.display(), key.display()
    )]
    OtherKey {
        /// Where the certificate is.
        certificate: PathBuf,
        /// Where the key is.
        key: PathBuf,
    },
    /// It was good once.
    #[error(
        "failed to use {} as the CA of the content hosts: it has expired; without it and {}, the suite makes a new one",
        certificate.display(), key.display()
    )]
    Expired {
        /// Where the certificate is.
        certificate: PathBuf,
        /// Where its key is.
        key: PathBuf,
    },
    /// OpenSSL refuses.
    #[error("failed to make a CA for the content hosts")]
    OpenSsl(#[from] ErrorStack),
}

impl Authority {
    /// One that nobody else has.
    pub(super) fn of_this_run() -> Result<Self, ErrorStack> {
        Self::make(DAYS_OF_A_RUN)
    }

    fn make(days: u32) -> Result<Self, ErrorStack> {
        let key = tls::key()?;
        let certificate = tls::ca(&key, days)?;
        Ok(Self { certificate, key })
    }

    /// The one that is kept at `path`, with the private key beside it in `path` + `.key`; made when neither is there, so
    /// that `path` can be installed in a registry once. Processes that start together agree on one.
    pub fn kept(path: &Path) -> Result<Self, AuthorityError> {
        let key_path = key_path(path);
        if !key_path.exists() {
            // Another process writes the key first: where its certificate is seen, the key is there by now.
            if path.exists() && !key_path.exists() {
                return Err(AuthorityError::NoKey {
                    certificate: path.to_owned(),
                    key: key_path,
                });
            }
            let made = Self::make(DAYS_WHEN_KEPT)?;
            // Key and certificate in one file, which is there as a whole or not at all: the certificate's own is made of it.
            let both = [
                made.key.private_key_to_pem_pkcs8()?,
                made.certificate.to_pem()?,
            ]
            .concat();
            write_whole(&key_path, &both, Access::Owner)?;
        }
        let secret = read(&key_path)?;
        let key = PKey::private_key_from_pem(&secret).map_err(|source| AuthorityError::NotPem {
            path: key_path.clone(),
            what: "a private key",
            source,
        })?;
        if !path.exists() {
            let certificate = certificate(&key_path, &secret)?;
            write_whole(path, &certificate.to_pem()?, Access::Everybody)?;
        }
        let certificate = certificate(path, &read(path)?)?;
        if !certificate.public_key()?.public_eq(&key) {
            return Err(AuthorityError::OtherKey {
                certificate: path.to_owned(),
                key: key_path,
            });
        }
        if certificate.not_after() < &*Asn1Time::days_from_now(0)? {
            return Err(AuthorityError::Expired {
                certificate: path.to_owned(),
                key: key_path,
            });
        }
        Ok(Self { certificate, key })
    }
}

fn key_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

fn read(path: &Path) -> Result<Vec<u8>, AuthorityError> {
    fs::read(path).map_err(|source| AuthorityError::Read {
        path: path.to_owned(),
        source,
    })
}

fn certificate(path: &Path, pem: &[u8]) -> Result<X509, AuthorityError> {
    X509::from_pem(pem).map_err(|source| AuthorityError::NotPem {
        path: path.to_owned(),
        what: "a certificate",
        source,
    })
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Owner,
    Everybody,
}

/// Writes a file that is not there, whole or not at all; what another process wrote meanwhile stays.
fn write_whole(path: &Path, octets: &[u8], access: Access) -> Result<(), AuthorityError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let write = || -> io::Result<()> {
        // Readable by its owner alone until said otherwise.
        let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        file.write_all(octets)?;
        #[cfg(unix)]
        if access == Access::Everybody {
            use std::os::unix::fs::PermissionsExt as _;
            file.as_file()
                .set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        match file.persist_noclobber(path) {
            Ok(_) => Ok(()),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error.error),
        }
    };
    write().map_err(|source| AuthorityError::Write {
        path: path.to_owned(),
        source,
    })
}
