//! The sandbox, called over HTTP.

mod admin;
mod connections;
mod copies;
mod cors;
mod data;
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
mod program;
mod seed;
mod webengage;
mod wire;
