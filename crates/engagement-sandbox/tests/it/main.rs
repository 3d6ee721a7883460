//! The sandbox, driven over HTTP as any client would.

mod engage;
mod engagebay;
mod examples;
mod hostile;
mod http;
mod wire;
