//! Blocking calls, for programs without an async runtime.

mod call_methods;
#[cfg(feature = "blocking")]
mod client;
#[cfg(feature = "blocking")]
mod iter;
#[cfg(all(feature = "blocking", feature = "multipart"))]
mod reader;
#[cfg(feature = "blocking")]
mod wait;

#[cfg(feature = "blocking")]
pub use client::Blocking;
#[cfg(feature = "blocking")]
pub use iter::{Items, Iter, Pages};

/// A call of an operation that is selected at run time, of a blocking client.
#[cfg(feature = "blocking")]
pub type OperationCall = crate::OperationCall<Blocking>;

/// A request to any path, of a blocking client.
#[cfg(feature = "blocking")]
pub type RawRequest = crate::RawRequest<Blocking>;
