//! The operations of the Publish API, one a file: from a request to a command of the state machine, and from its result to an answer.

mod authenticate;
mod body;
mod cancel;
mod conditional;
mod content;
mod content_sources;
mod create;
mod dispatch;
mod documents;
mod get;
mod locate;
mod media_type;
mod publish;
mod range;
mod refuse;
mod request;
mod retry_after;
mod status;
mod upload;

pub(crate) use authenticate::token_of;
pub(crate) use dispatch::{Route, Unmatched, handle, refused, route};
pub(crate) use documents::Documents;
pub(crate) use request::Request;
