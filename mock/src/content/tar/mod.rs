//! Streaming reader of tar archives: ustar (POSIX.1-1988), PAX (POSIX.1-2001) and GNU long names.
//!
//! The `tar` crate pulls from a blocking reader, keeps no bound on extended headers, and decides on sparse files and
//! ambiguous headers for the caller; here an archive arrives in chunks and what two readers might understand differently is refused.

mod header;
mod pax;
mod reader;

pub(super) use reader::{Entry, EntryKind, Sink, TarReader};
