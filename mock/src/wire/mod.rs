//! The documents of the Publish API, written from the profile: requests are read here, answers rendered.

mod publish_request;
mod release;
mod sources;
mod unpublished;

pub(crate) use publish_request::PublishRequest;
pub(crate) use release::render_release;
pub(crate) use sources::{content_signature, parse_sources, render_sources};
pub(crate) use unpublished::render_unpublished;

use crate::{links::Links, oddity::Oddities, policy::Policy};

/// What rendering needs to know of the registry.
#[derive(Clone, Copy)]
pub(crate) struct Rendering<'a> {
    /// URLs of resources.
    pub links: &'a Links,
    /// Choices that the profile leaves open.
    pub oddities: &'a Oddities,
    /// How the registry behaves.
    pub policy: &'a Policy,
    /// What the names of problem types are appended to.
    pub problem_type_prefix: &'a str,
}
