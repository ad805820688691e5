//! The HTML report: one file that needs nothing else, and runs nothing but its own script.

mod areas;
mod case_view;
mod details;
mod difference;
mod headline;
mod page;
mod policy;
mod rule_view;
mod text;
mod verdict_view;

pub use page::render;
