//! The HTML report: what it holds, how large it is, and that nothing of a registry's runs in it.

mod accessibility;
mod bounds;
mod browser;
mod hostile;
mod links;
mod page;
mod reports;
mod runs;
