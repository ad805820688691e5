//! The state machine against a model: random sequences of operations by several identities, and the rules of the profile as
//! invariants. What a sequence is made of is in `operation`, what must come of it in `expected`, the comparison in `machine`, the rules in `rules`.

mod expected;
mod inputs;
mod machine;
mod operation;
mod rules;
mod tests;
