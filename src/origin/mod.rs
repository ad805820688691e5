//! Content hosts: what a registry under test fetches content from, well-behaved or not.
//!
//! Every origin of [`Origin`] has a gateway, a listener of our own, that reads the head of a request, records it and plays the
//! behaviour: what HTTP can say is answered by a wiremock server behind it, the rest by the raw socket.

mod behaviour;
mod host;
mod received;
mod server;
mod slot;
mod spec;

pub use behaviour::{Behaviour, Body, Credentials, Redirect};
pub use host::Host;
pub use received::Received;
pub use server::{Origin, OriginError, OriginOptions};
pub use slot::{Scheme, Slot};
pub use spec::{
    AfterSpec, BehaviourSpec, DemandSpec, DribbleSpec, HoldSpec, RedirectSpec, ResolveError,
    Resolver, ServeSpec,
};
