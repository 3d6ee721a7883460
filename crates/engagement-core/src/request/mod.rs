//! Requests: how they are put together, and the checks before anything is sent.

pub(crate) mod body;
pub(crate) mod builder;
pub(crate) mod extras;
#[cfg(feature = "multipart")]
pub(crate) mod form;
pub(crate) mod prepare;
#[cfg(feature = "multipart")]
pub(crate) mod upload;
