//! Signatures made right and wrong, with the public test keys' private halves.

mod signer;

pub(crate) use signer::{Forged, Signer, base64url, der_of, entry, general};
