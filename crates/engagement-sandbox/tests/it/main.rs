//! The sandbox, called over HTTP.

mod connections;
mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod examples;
mod faults;
mod hostile;
mod hosts;
mod http;
mod limits;
mod multipart;
mod webengage;
mod wire;
