//! Content hosts do what their behaviour says, and know what they received.

mod answers;
mod authority;
mod connections;
mod origins;
mod spec;
mod support;
