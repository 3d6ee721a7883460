//! The sandbox, called over HTTP.

mod admin;
mod connections;
mod cors;
mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod examples;
mod faults;
mod hostile;
mod hosts;
mod http;
mod inspection;
mod limits;
mod multipart;
mod mutations;
mod page;
#[cfg(unix)]
mod program;
mod webengage;
mod wire;
