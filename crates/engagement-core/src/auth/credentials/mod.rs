//! Credentials: checked when a client is built, attached to each request, and masked in everything that is printed.

mod credential;
mod header;
mod how_to_set;
mod prepared;
mod set;
#[cfg(test)]
mod tests;

pub use credential::Credential;
pub(crate) use header::reserved_header;
pub(crate) use how_to_set::how_to_set;
pub(crate) use set::Credentials;
