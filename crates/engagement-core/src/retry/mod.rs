//! Retries: which failures are retried, how long to wait, and the budget.

pub(crate) mod budget;
pub(crate) mod classify;
pub(crate) mod jitter;
pub(crate) mod policy;
pub(crate) mod retry_after_pause;
