//! Limits that a client keeps by itself, so that it is not the provider that has to refuse.

mod lane;
mod limiter;
mod limits;
mod raw_paths;
mod shared;
mod status;

pub(crate) use limiter::Limiter;
pub use limits::RateLimits;
pub use status::RateLimitStatus;
