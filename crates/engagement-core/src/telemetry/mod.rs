//! What a client reports of its calls: to an observer, and to `tracing`.

pub(crate) mod drift;
pub mod observe;
pub(crate) mod reporter;
pub(crate) mod trace;
