//! Content read as it arrives: known answers, archives of every kind, hostile ones.

mod archive;
mod digests;
mod formats;
mod hostile;
mod limits;
mod refusals;
mod support;
