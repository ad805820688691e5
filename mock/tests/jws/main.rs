//! Signatures judged by the rule of SIG, each mistake of a policy beside the refusal that it forgets.

mod documents;
mod encodings;
mod forgeries;
mod key_sets;
mod signer;
mod support;
