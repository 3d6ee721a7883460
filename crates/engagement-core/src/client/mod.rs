//! The state of one client, and how it is set up.

#[cfg(feature = "blocking")]
pub(crate) mod background;
pub(crate) mod builder;
pub(crate) mod call_settings;
pub(crate) mod core;
pub(crate) mod environment;
pub(crate) mod settings;
pub(crate) mod tls;
pub(crate) mod token_source;
