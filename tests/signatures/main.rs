//! Signatures are right where they should be, wrong in the one way that was asked for, and judged without mercy.

mod forgeries;
mod keys;
mod plans;
mod right;
mod support;
mod tampering;
