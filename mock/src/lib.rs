//! An in-memory registry that speaks the Publish API, for authors of clients to test against and for the conformance suite to judge
//! itself by. It conforms to every rule of the profile, optional ones included, until a [`defect::Defect`] is switched on.
//!
//! [`MockRegistry::builder`] starts one in process; the `mock-registry` program starts one on its own.
//!
//! ```
//! use mock_registry::{MockRegistry, config::ProcessingMode};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let registry = MockRegistry::builder().processing(ProcessingMode::Polls(3)).seed(1).start().await?;
//! let health = reqwest::get(format!("{}health", registry.admin_url())).await?;
//! assert_eq!(health.status(), 200);
//! assert_eq!(registry.state()["releases"].as_array().map(Vec::len), Some(0));
//! # Ok(())
//! # } // stopped here
//! ```

mod admin;
mod answer;
mod aside;
mod builder;
mod cause;
pub mod cli;
pub mod clock;
pub mod config;
pub mod content;
pub mod defect;
mod delivery;
pub mod digest;
mod disturbance;
mod expectations;
mod fault;
pub mod fetch;
mod handlers;
mod housing;
pub mod identity;
mod journal;
pub mod json;
pub mod jws;
mod links;
mod metrics;
mod mock_registry;
mod mock_session;
mod nearest;
mod network;
mod oddity;
mod operation;
mod pieces;
mod policy;
mod problem;
mod queue_control;
mod received;
mod refusal;
mod registry;
mod reply;
mod room;
mod router;
mod selection;
mod server;
mod session;
mod sessions;
mod state;
mod tasks;
mod verify;
mod wire;

pub use answer::{CannedAnswer, CannedAnswerState};
pub use builder::{MockRegistryBuilder, StartError};
pub use expectations::{PendingExpectation, UnmetExpectations};
pub use fault::{ConnectionFault, Fault, FaultState, UnknownHold};
pub use journal::{
    AppliedFault, Count, Expectation, Expected, Matcher, NearestOperation, ReceivedBy,
    ReceivedRequest, Recorded, RecordedBody, ReleaseName, Satisfied, SentResponse,
};
pub use mock_registry::MockRegistry;
pub use mock_session::MockSession;
pub use network::Network;
pub use operation::{Operation, OperationError};
pub use selection::{Phase, QueueFull};
pub use sessions::SessionError;
