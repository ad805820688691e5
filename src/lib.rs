//! Conformance suite for registries that implement the Publish API.

mod bounded_file;
pub mod case;
pub mod check;
pub mod cli;
pub mod compare;
pub mod content;
pub mod coverage;
pub mod credentials;
pub mod doctor;
mod exchange_record;
pub mod jws;
pub mod known_failures;
pub mod origin;
pub mod outcome;
pub mod plan;
pub mod report;
pub mod requirement;
pub mod run;
pub mod schema_errors;
pub mod specification;
pub mod suggest;
pub mod target;
pub mod wire;
pub mod yaml;
