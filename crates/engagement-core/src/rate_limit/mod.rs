//! Limits that a client keeps by itself, so that it is not the provider that has to refuse.

mod lane;
mod limiter;
mod limits;
mod raw_paths;
mod shared;
pub mod store;

pub(crate) use limiter::{LimitedRequest, Limiter};
pub use limits::RateLimits;
