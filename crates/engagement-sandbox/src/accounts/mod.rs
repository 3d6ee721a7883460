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
mod pairs;
pub(crate) mod response;
mod shared;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod webengage;

use account::{Account, AccountSettings};
use json::read_deep;

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

/// Loads an account that [`Account::save`] wrote.
pub(crate) fn load(
    provider: &'static Provider,
    settings: &AccountSettings,
    text: &str,
) -> serde_json::Result<Box<dyn Account>> {
    let mut account: Box<dyn Account> = match provider.config.id {
        ProviderId::EngageBay => Box::new(read_deep::<engagebay::EngageBayAccount>(text)?),
        ProviderId::Engage => {
            let mut account = read_deep::<engage::EngageAccount>(text)?;
            account.use_document(provider);
            Box::new(account)
        }
        ProviderId::Engagespot => Box::new(read_deep::<engagespot::EngagespotAccount>(text)?),
        ProviderId::WebEngage => {
            let mut account = read_deep::<webengage::WebEngageAccount>(text)?;
            account.use_document(provider);
            Box::new(account)
        }
        ProviderId::Examples => Box::new(examples::ExamplesAccount),
        ProviderId::EngageOne => Box::new(read_deep::<engageone::EngageOneAccount>(text)?),
    };
    account.attach(settings);
    Ok(account)
}
