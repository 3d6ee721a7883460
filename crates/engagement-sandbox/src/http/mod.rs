//! HTTP: from a request to a response.

mod auth;
mod body;
mod content;
mod form;
mod handler;
mod host;
mod limits;
mod multipart;
pub(crate) mod perform;
pub(crate) mod recording;
pub(crate) mod response;
mod router;
mod selection;
pub(crate) mod server;
pub(crate) mod service;
pub(crate) mod state;
mod validation;
