//! Calls that wait for their answer, for programs without an async runtime.

mod call_methods;
mod client;
mod iter;
#[cfg(feature = "multipart")]
mod reader;
mod wait;

pub use client::Blocking;
pub use iter::{Items, Iter, Pages};

/// A call of an operation that is chosen at run time, sent by a blocking client.
pub type OperationCall = crate::OperationCall<Blocking>;

/// A request that no operation describes, sent by a blocking client.
pub type RawRequest = crate::RawRequest<Blocking>;
