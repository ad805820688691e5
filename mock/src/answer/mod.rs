//! Canned answers: what is served in the place of the registry's own answer, to show a client something that no right registry says.

mod admin;
mod answers;
mod canned;
mod content;
mod parse;

pub(crate) use admin::{all, control};
pub(crate) use answers::Answers;
pub use canned::{CannedAnswer, CannedAnswerState};
pub(crate) use content::{Content, ContentBody, headers_json};
pub(crate) use parse::header_list;
