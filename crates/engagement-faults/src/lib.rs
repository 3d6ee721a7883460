#![doc = include_str!("../docs/README.md")]

mod connection;
mod fault;
mod reader;
mod request;
mod response;
mod server;
mod wire;

pub use fault::{ConnectionEnd, CutPoint, Fault, Pace};
pub use request::Request;
pub use response::Response;
pub use server::FaultServer;
