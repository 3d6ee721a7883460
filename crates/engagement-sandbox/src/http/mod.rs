//! HTTP: from a request to a response.

pub(crate) mod auth;
pub(crate) mod body;
pub(crate) mod form;
pub(crate) mod handler;
pub(crate) mod limits;
pub(crate) mod multipart;
pub(crate) mod record;
pub(crate) mod response;
pub(crate) mod router;
pub(crate) mod server;
pub(crate) mod service;
