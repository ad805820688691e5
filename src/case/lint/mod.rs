//! What a schema can not see in a case file.

mod expectation;
mod file;
mod templates;

pub(super) use file::problems;
pub use templates::TEMPLATE_ROOTS;
