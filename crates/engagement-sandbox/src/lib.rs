#![doc = include_str!("../docs/README.md")]

mod accounts;
mod admin;
mod clock;
mod faults;
#[rustfmt::skip]
mod generated;
mod handles;
mod http;
mod log;
mod page;
mod provider;
mod recent;
mod sandbox;
mod saved;
mod seed;
mod snapshot;
mod store;

pub use accounts::{
    Channel, EngageMessage, EngageMessageKind, EngageOneSend, EngagespotSend, Message,
    WebEngageChannel, WebEngageDeliveryReport, WebEngageMessage, WebEngageUpload,
};
pub use faults::{Fault, FaultError, FaultInfo};
pub use handles::{
    Engage, EngageBay, EngageOne, Engagespot, MessageFilter, NoMessage, Outbox, WebEngage, Webhook,
    WebhookError, WebhookResponse, to,
};
pub use log::{
    NearMiss, RecordedRequest, Refusal, RefusalKind, Requests, Verdict, VerdictKind, Verdicts,
};
pub use sandbox::{Builder, ProviderInfo, Sandbox};
pub use snapshot::Snapshot;
