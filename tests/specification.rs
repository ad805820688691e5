//! Holds `docs/publish-api.md`, `cases/requirements.yaml` and `schemas/` together.

#[path = "specification/document.rs"]
mod document;
#[path = "specification/examples.rs"]
mod examples;
#[path = "specification/rules.rs"]
mod rules;
#[path = "specification/schemas.rs"]
mod schemas;
