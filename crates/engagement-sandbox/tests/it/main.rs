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
mod inspection;
mod limits;
mod multipart;
mod mutations;
mod webengage;
mod wire;
