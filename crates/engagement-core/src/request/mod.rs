//! Building a request, and checking it before it is sent.

pub(crate) mod body;
pub(crate) mod builder;
pub(crate) mod extras;
#[cfg(feature = "multipart")]
pub(crate) mod form;
pub(crate) mod prepare;
#[cfg(feature = "multipart")]
pub(crate) mod upload;
