use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which of the suite's origins serves a host.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The first; also the only one when the port is fixed or a public URL is set.
    #[default]
    A,
    /// Another origin than the first.
    B,
    /// Another origin than both.
    C,
    /// An origin that the operator has not exempted from the address policy (SRC-15).
    Forbidden,
}

/// The scheme of a host's URL.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Plain HTTP.
    #[default]
    Http,
    /// HTTP over TLS, with a certificate of [`Origin::ca_pem`](super::Origin::ca_pem).
    Https,
}
