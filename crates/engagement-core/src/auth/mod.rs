//! Credentials, and the tokens that a client fetches for itself.

pub(crate) mod clock;
pub(crate) mod credentials;
pub(crate) mod token;
pub(crate) mod token_cache;
