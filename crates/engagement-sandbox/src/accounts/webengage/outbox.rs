//! Messages of WebEngage as the outbox shows them.

use super::account::WebEngageAccount;
use super::model::WebEngageChannel;
use crate::accounts::message::{Channel, Message};

impl WebEngageAccount {
    pub(super) fn sent_messages(&self) -> Vec<Message> {
        let view = |(at, sent): &(_, super::model::WebEngageMessage)| {
            let channel = match sent.channel {
                WebEngageChannel::Email => Channel::Email,
                WebEngageChannel::Sms => Channel::Sms,
                WebEngageChannel::Whatsapp => Channel::Whatsapp,
                WebEngageChannel::Push => Channel::Push,
                WebEngageChannel::WebPush => Channel::WebPush,
            };
            // The address comes first, but tests may look for the user as well.
            let address = sent.to.iter().cloned();
            Message {
                to: address.chain([sent.user_id.clone()]).collect(),
                template: sent.campaign_id.clone(),
                data: sent.override_data["context"]["token"].clone(),
                ..Message::new("webengage", &sent.transaction_id, channel, *at)
            }
        };
        self.messages.iter().map(view).collect()
    }
}
