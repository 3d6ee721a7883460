//! Client-side rate limiting: requests wait until the provider will accept them.

mod limiter;
mod limits;
mod queue;
mod raw_paths;
pub mod store;
mod store_with_fallback;

pub(crate) use limiter::{LimitedRequest, Limiter};
pub use limits::RateLimits;
