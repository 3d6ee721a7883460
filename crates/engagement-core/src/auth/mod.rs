//! Credentials, and the tokens that a client fetches for itself.

pub(crate) mod credentials;
pub(crate) mod token_source;
