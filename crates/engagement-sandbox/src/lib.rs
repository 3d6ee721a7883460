#![doc = include_str!("../docs/README.md")]

mod accounts;
#[rustfmt::skip]
mod generated;
mod handles;
mod http;
mod provider;
mod sandbox;

pub use accounts::{
    EngageMessage, EngageMessageKind, EngageOneSend, EngagespotSend, WebEngageChannel,
    WebEngageDeliveryReport, WebEngageMessage, WebEngageUpload,
};
pub use handles::{Engage, EngageBay, EngageOne, Engagespot, WebEngage};
pub use http::recording::RecordedRequest;
pub use sandbox::{Builder, ProviderInfo, Sandbox};
