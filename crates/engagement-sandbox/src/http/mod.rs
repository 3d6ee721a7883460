//! HTTP: from a request to a response.

pub(crate) mod account_cell;
mod auth;
mod body;
mod content;
mod cors;
mod exchange;
mod form;
mod handler;
mod host;
mod injection;
pub(crate) mod limits;
pub(crate) mod local;
mod multipart;
mod near_misses;
mod observing;
pub(crate) mod perform;
pub(crate) mod response;
mod router;
mod selection;
pub(crate) mod server;
pub(crate) mod service;
pub(crate) mod state;
mod validation;
