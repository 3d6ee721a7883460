//! Failures on command: which requests fail, and how. Nothing here knows about sockets or HTTP libraries; the module `http`
//! asks [`Faults::take`](engine::Faults::take) for each request, and does what the fault says.

mod display;
pub(crate) mod edit;
pub(crate) mod engine;
pub(crate) mod error;
pub(crate) mod fault;
mod grammar;
mod names;
pub(crate) mod target;

pub use engine::FaultInfo;
pub use error::FaultError;
pub use fault::Fault;
pub(crate) use names::{near, suggestion};
