//! Which requests a fault or a canned answer is for, and which of those it meets.

mod builder;
mod draw;
mod members;
mod parse;
mod queue;
mod selector;
mod subject;
#[cfg(test)]
mod tests;

pub(crate) use builder::selection_methods;
pub(crate) use draw::{Draw, seeded_bytes};
pub(crate) use members::{BadMember, Members, bad, elements};
pub(crate) use parse::{operations, phase, release_match, when};
pub use queue::QueueFull;
pub(crate) use queue::{Chosen, Entry, Queue};
pub use selector::Phase;
pub(crate) use selector::{Selector, When};
pub(crate) use subject::{Subject, identify};
