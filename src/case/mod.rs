//! Case files: their model, their schema, loading, and templates.

pub mod action;
mod built_in;
#[expect(
    clippy::module_inception,
    reason = "the folder is about case files, the module about one case"
)]
mod case;
pub mod client;
mod content_names;
mod content_size;
pub mod content_spec;
pub mod expectation;
pub mod host_spec;
mod lines;
mod lint;
mod load;
pub mod model;
pub mod one_or_many;
mod outline;
pub mod schema;
pub mod sign_spec;
mod source;
pub mod template;

pub use built_in::{built_in, built_in_exactly, built_in_files};
pub use case::{Case, CaseContent};
pub use lint::TEMPLATE_ROOTS;
pub use load::{CaseError, LoadError, from_folder, parse};
pub use model::{CaseFile, Step, TargetSetup};
