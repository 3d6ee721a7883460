//! The runtime against a loopback server that sees exact bytes.

#[path = "../support/mod.rs"]
mod support;

mod answers;
mod errors;
mod guards;
mod limits;
mod pagination;
mod requests;
mod setup;
mod types;
