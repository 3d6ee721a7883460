//! Which failures are retried, when, and how many retries a client can afford.

pub(crate) mod budget;
pub(crate) mod classify;
pub(crate) mod jitter;
pub(crate) mod policy;
pub(crate) mod retry_after_pause;
