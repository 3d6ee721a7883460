#![doc = include_str!("../docs/README.md")]

mod answer;
mod auth;
mod body;
mod engage;
mod engagebay;
mod engageone;
mod engagespot;
mod handles;
mod host;
mod limits;
mod multipart;
mod profile;
mod provider;
mod record;
mod request;
mod router;
mod sandbox;
mod server;
mod shared;
mod store;
mod webengage;
mod written;

pub use handles::{
    Engage, EngageBay, EngageOne, EngageOneSend, Engagespot, EngagespotSend, Message, MessageKind,
    WebEngage, WebEngageChannel, WebEngageMessage, WebEngageReport, WebEngageUpload,
};
pub use record::RecordedRequest;
pub use sandbox::{Builder, ProviderInfo, Sandbox};
