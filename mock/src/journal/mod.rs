//! The journal: what was asked of a registry and what it answered, within bounds, without secrets.

mod capture;
mod condition;
mod entry;
mod facts;
mod glimpse;
mod matcher;
mod matcher_json;
mod packed;
mod recording;
mod redact;
mod secret_name;
mod segments;
mod store;
mod trace;
mod verdict;

pub use entry::{
    AppliedFault, NearestOperation, ReceivedBy, ReceivedRequest, RecordedBody, ReleaseName,
    SentResponse,
};
pub use matcher::{Expected, Matcher};
pub(crate) use recording::{Arrival, Recording};
pub(crate) use redact::Redactor;
pub use store::Recorded;
pub(crate) use store::{Counted, Journal, JournalRoom, Page, Visit};
pub(crate) use trace::Sender;
pub use verdict::{Count, Expectation, Satisfied};
