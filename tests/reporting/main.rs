//! What people and other programs read of a run, and of several side by side.

mod closing;
mod compare;
mod forms;
mod hostile;
mod interrupted;
mod outcomes;
mod server;
