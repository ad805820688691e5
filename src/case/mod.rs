//! Case files: their model, their schema, loading, and templates.

pub mod action;
pub mod client;
mod content_names;
mod content_size;
pub mod content_spec;
pub mod expectation;
pub mod host_spec;
mod lint;
mod load;
pub mod model;
pub mod schema;
pub mod sign_spec;
pub mod template;

pub use lint::TEMPLATE_ROOTS;
pub use load::{
    Case, CaseError, LoadError, built_in, built_in_exactly, built_in_files, from_folder, parse,
};
pub use model::{CaseFile, Step, TargetSetup};
