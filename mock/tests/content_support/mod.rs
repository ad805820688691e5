//! Archives made octet by octet, so that they can be wrong.

mod archive;

pub(crate) use archive::{Archive, COMPONENT, Record, fix_checksum, pax};
