//! Credentials, and tokens from token sources.

pub(crate) mod clock;
pub(crate) mod credentials;
pub(crate) mod token;
pub(crate) mod token_cache;
