//! Content hosts: what a registry under test fetches content from, well-behaved or not.
//!
//! Every origin has a gateway, a listener of our own, that reads the head of a request, records it and plays the
//! behaviour of the host that it is for: what HTTP can say is answered by a wiremock server behind it, the rest by the raw
//! socket.

mod answer;
mod authority;
mod behaviour;
mod gateway;
mod head;
mod host;
mod inner;
mod play;
mod raw;
mod received;
mod server;
mod shared;
mod slot;
mod spec;
mod tls;

pub use authority::{Authority, AuthorityError};
pub use behaviour::{Behaviour, Body, Credentials, Redirect};
pub use host::Host;
pub use received::Received;
pub use server::{Origin, OriginError, OriginOptions};
pub use slot::{Scheme, Slot};
pub use spec::{
    AfterSpec, BehaviourSpec, DemandSpec, DribbleSpec, HoldSpec, RedirectSpec, ResolveError,
    Resolver, ServeSpec,
};
