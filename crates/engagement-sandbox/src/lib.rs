#![doc = include_str!("../README.md")]

mod answer;
mod auth;
mod body;
mod engage;
mod engagebay;
mod handles;
mod provider;
mod record;
mod router;
mod sandbox;
mod server;
mod store;

pub use handles::{Engage, EngageBay, Message, MessageKind};
pub use record::RecordedRequest;
pub use sandbox::{Builder, ProviderInfo, Sandbox};
