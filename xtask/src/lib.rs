//! Maintainers' commands, as a library so that the workspace's tests can run the generator on documents of their own.

pub mod codegen;
pub mod command;
pub mod diff;
pub mod import;
mod json;
pub mod new_provider;
mod readme;
pub mod release;
pub mod workspace;
