//! Probes of capabilities: as little as shows whether each is there.

mod access;
mod archives;
mod creating;
mod known;
mod mirrors;
mod observation;
mod probe;
mod publishing;
mod sources;

pub(super) use known::Known;
pub(super) use observation::Observation;
pub(super) use probe::probe;
