//! Content fetched from the sources of a release, for somebody else and so with care (rules SRC).

mod address;
mod apart;
mod clients;
mod credentials;
mod diagnosis;
mod error;
mod fetcher;
mod options;
mod resolver;

pub use address::is_public;
pub use credentials::Credentials;
pub use error::{FetchError, FetchFailure, FetchSetupError, FetchTrouble};
pub use fetcher::{FetchRequest, Fetched, Fetcher};
pub use options::{FetchOptions, FetchPolicy, HostPort, HostPortError};
pub use resolver::{NameResolver, SystemResolver};
