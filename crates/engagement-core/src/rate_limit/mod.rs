//! Client-side rate limiting: requests wait until the provider will accept them.

mod limiter;
mod limits;
mod queue;
mod raw_paths;
pub mod store;
mod store_with_fallback;
mod time_left;

pub(crate) use limiter::{LimitedRequest, Limiter};
pub use limits::RateLimits;
pub(crate) use time_left::{TimeLeft, in_millis};
