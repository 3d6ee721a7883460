//! The accounts of the providers: records, and what operations do with them. Nothing here knows about sockets.

pub(crate) mod account;
pub(crate) mod call;
pub(crate) mod engage;
pub(crate) mod engagebay;
pub(crate) mod engageone;
pub(crate) mod engagespot;
mod examples;
pub(crate) mod json;
pub(crate) mod message;
pub(crate) mod response;
pub(crate) mod webengage;

use account::{Account, AccountSettings};

use crate::provider::Provider;
use crate::provider::config::ProviderId;

pub use message::{Channel, Message};

pub use engage::model::{EngageMessage, EngageMessageKind};
pub use engageone::model::EngageOneSend;
pub use engagespot::model::EngagespotSend;
pub use webengage::model::{
    WebEngageChannel, WebEngageDeliveryReport, WebEngageMessage, WebEngageUpload,
};

/// Opens a new account at a provider.
pub(crate) fn open(provider: &'static Provider, settings: &AccountSettings) -> Box<dyn Account> {
    match provider.config.id {
        ProviderId::EngageBay => Box::new(engagebay::EngageBayAccount::new(provider, settings)),
        ProviderId::Engage => Box::new(engage::EngageAccount::new(provider, settings)),
        ProviderId::Engagespot => Box::new(engagespot::EngagespotAccount::new(settings)),
        ProviderId::WebEngage => Box::new(webengage::WebEngageAccount::new(provider, settings)),
        ProviderId::Examples => Box::new(examples::ExamplesAccount),
        ProviderId::EngageOne => Box::new(engageone::EngageOneAccount::new(provider, settings)),
    }
}
