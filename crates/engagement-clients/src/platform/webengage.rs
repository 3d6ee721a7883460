//! WebEngage: profiles, events, and messages of its transactional campaigns.

use super::{
    BoxFuture, Channel, Event, Message, Person, Platform, SendReceipt, Task, Unsupported, need,
};
use crate::webengage::types::{
    EventTrack, OverrideContext, OverrideData, TransactionRequest, UserUpsert,
};
use crate::webengage::{Client, PROVIDER};

const NAME: &str = PROVIDER.name;

impl Platform for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn supports(&self, task: Task) -> Result<(), Unsupported> {
        match task {
            Task::SendMessage(Channel::InApp) => Err(Unsupported {
                provider: NAME,
                task,
                why: "its transactional campaigns use e-mail, SMS, WhatsApp, push or RCS",
            }),
            _ => Ok(()),
        }
    }

    /// WebEngage responds before it validates: an accepted profile may still be invalid.
    fn upsert_profile(&self, person: Person) -> BoxFuture<()> {
        let mut user = UserUpsert::new().user_id(person.id);
        user.email = person.email;
        user.phone = person.phone;
        user.first_name = person.first_name;
        user.last_name = person.last_name;
        if !person.attributes.is_empty() {
            user = user.attributes(person.attributes);
        }
        let call = self.users().track(user);
        Box::pin(async move {
            call.send().await?;
            Ok(())
        })
    }

    fn track_event(&self, event: Event) -> BoxFuture<()> {
        let mut body = EventTrack::new(event.name).user_id(event.person);
        if !event.properties.is_empty() {
            body = body.event_data(event.properties);
        }
        let call = self.events().track(body);
        Box::pin(async move {
            call.send().await?;
            Ok(())
        })
    }

    /// Triggers a transactional campaign with the same channel as the message. Its text is stored in WebEngage; `data` has the
    /// values of its placeholders.
    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt> {
        let client = self.clone();
        Box::pin(async move {
            client.supports(Task::SendMessage(message.channel))?;
            let campaign = need(message.campaign, NAME, "the id of a transactional campaign")?;
            let mut over = OverrideData::new();
            match message.channel {
                Channel::Sms => {
                    over = over.phone(need(message.to.phone, NAME, "the receiver's phone number")?)
                }
                _ => {
                    over = over.email(need(
                        message.to.email,
                        NAME,
                        "the receiver's e-mail address",
                    )?)
                }
            }
            if !message.data.is_empty() {
                over = over.context(OverrideContext::new().token(message.data));
            }
            let body = TransactionRequest::new(message.to.id).override_data(over);
            let transactions = client.transactions();
            let sent = transactions.trigger(campaign, body).send().await?;
            Ok(SendReceipt {
                id: sent.map(|transaction| transaction.txn_id.to_string()),
            })
        })
    }
}
