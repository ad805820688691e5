//! Control of a registry, under `__admin/`: one group of endpoints a file.

mod clock;
mod dispatch;
mod endpoints;
mod index;
mod lifecycle;
mod metrics;
mod openapi;
mod reply;
mod requests;
mod sessions;

pub(crate) use dispatch::{Control, handle};
pub(crate) use reply::Answer;
