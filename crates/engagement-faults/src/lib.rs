#![doc = include_str!("../docs/README.md")]

mod answer;
mod fault;
mod reader;
mod request;
mod server;
mod wire;

pub use answer::Answer;
pub use fault::{At, End, Fault, Pace};
pub use request::Request;
pub use server::FaultServer;
