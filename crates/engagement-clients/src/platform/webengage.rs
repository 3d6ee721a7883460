//! WebEngage: profiles, events, and messages of its transactional campaigns.

use super::{Channel, Doing, Event, Message, Person, Platform, Sent, Task, Unsupported, need};
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
                why: "its transactional campaigns go by e-mail, SMS, WhatsApp, push or RCS",
            }),
            _ => Ok(()),
        }
    }

    /// WebEngage answers before it looks: a profile that it took may still be invalid.
    fn upsert_profile(&self, person: Person) -> Doing<'_, ()> {
        Box::pin(async move {
            let mut user = UserUpsert::builder().user_id(person.id);
            if let Some(email) = person.email {
                user = user.email(email);
            }
            if let Some(phone) = person.phone {
                user = user.phone(phone);
            }
            if let Some(name) = person.first_name {
                user = user.first_name(name);
            }
            if let Some(name) = person.last_name {
                user = user.last_name(name);
            }
            if !person.attributes.is_empty() {
                user = user.attributes(person.attributes);
            }
            self.users().track().body(user).send().await?;
            Ok(())
        })
    }

    fn track_event(&self, event: Event) -> Doing<'_, ()> {
        Box::pin(async move {
            let mut body = EventTrack::builder()
                .user_id(event.person)
                .event_name(event.name);
            if !event.properties.is_empty() {
                body = body.event_data(event.properties);
            }
            self.events().track().body(body).send().await?;
            Ok(())
        })
    }

    /// Triggers a transactional campaign, whose channel must be the message's. What it says is kept in WebEngage; `data`
    /// fills its placeholders.
    fn send_message(&self, message: Message) -> Doing<'_, Sent> {
        Box::pin(async move {
            self.supports(Task::SendMessage(message.channel))?;
            let campaign = need(message.campaign, NAME, "the id of a transactional campaign")?;
            let mut over = OverrideData::builder();
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
                over = over.context(OverrideContext::builder().token(message.data));
            }
            let body = TransactionRequest::builder()
                .user_id(message.to.id)
                .override_data(over);
            let call = self.transactions().trigger().experiment_id(campaign);
            let answer = call.body(body).send().await?;
            Ok(Sent {
                id: Some(answer.into_inner().txn_id),
            })
        })
    }
}
