//! An in-memory registry that speaks the Publish API, for authors of clients to test against and for the conformance suite to judge
//! itself by. It conforms to every rule of the profile, optional ones included, until a [`defect::Defect`] is switched on.
//!
//! [`MockRegistry::builder`] starts one in process; the `mock-registry` program starts one on its own.

mod admin;
mod builder;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod defect;
pub mod digest;
pub mod fetch;
mod handlers;
pub mod identity;
pub mod json;
pub mod jws;
mod links;
mod oddity;
mod policy;
mod problem;
mod refusal;
mod registry;
mod reply;
mod router;
mod server;
mod session;
mod tasks;
mod verify;
mod wire;

pub use builder::{MockRegistry, MockRegistryBuilder, Network, StartError};
