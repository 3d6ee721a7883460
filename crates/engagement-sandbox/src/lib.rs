#![doc = include_str!("../docs/README.md")]

mod accounts;
mod handles;
mod http;
mod provider;
mod sandbox;

pub use crate::http::record::RecordedRequest;
pub use handles::{
    Engage, EngageBay, EngageOne, EngageOneSend, Engagespot, EngagespotSend, Message, MessageKind,
    WebEngage, WebEngageChannel, WebEngageMessage, WebEngageReport, WebEngageUpload,
};
pub use sandbox::{Builder, ProviderInfo, Sandbox};
