//! The events of calls, for an observer and for `tracing`.

pub(crate) mod drift;
pub mod observe;
pub(crate) mod reporter;
pub(crate) mod trace;
