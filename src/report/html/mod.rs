//! The HTML report: one file that needs nothing else, and runs nothing but its own script.

mod areas;
mod case_view;
mod details;
mod difference;
mod headline;
mod packs;
mod page;
mod policy;
mod rule_view;
mod shares;
mod specification_view;
mod tally;
mod telling;
mod text;
mod verdict_view;

pub(crate) use headline::verdict as claim;
pub use page::render;
pub(crate) use policy::content_security_policy;
pub(crate) use specification_view::{SpecifiedArea, specified};
pub(crate) use tally::{Tally, tallies};
pub(crate) use text::sentence;
