//! Matchers: each judges what came back, and none of them sees the network.

pub mod client;
pub mod header;
pub mod implied;
pub mod json;
mod judge;
pub mod problem;
pub mod requests;
pub mod same;
pub mod schema;
pub mod signature;
pub mod status;
mod subject;
pub mod tally;

pub use judge::{Context, applies, judge};
pub use subject::{Conclusion, Subject};
