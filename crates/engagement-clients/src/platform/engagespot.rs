//! Engagespot: profiles and messages.

use super::{
    Channel, Doing, Event, Message, Person, Platform, Sent, Task, Unsupported, need, refused,
};
use crate::engagespot::types::{
    NotificationContent, NotificationOverride, ProfileAttributes, SendNotification, SendTo,
};
use crate::engagespot::{Client, PROVIDER};

const NAME: &str = PROVIDER.name;

fn no_events() -> Unsupported {
    Unsupported {
        provider: NAME,
        task: Task::TrackEvent,
        why: "its API starts workflows by sending a notification, and keeps no events",
    }
}

impl Platform for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn supports(&self, task: Task) -> Result<(), Unsupported> {
        match task {
            Task::TrackEvent => Err(no_events()),
            _ => Ok(()),
        }
    }

    fn upsert_profile(&self, person: Person) -> Doing<'_, ()> {
        Box::pin(async move {
            let mut profile = ProfileAttributes::builder();
            if let Some(email) = person.email {
                profile = profile.email(email);
            }
            if let Some(phone) = person.phone {
                profile = profile.phone_number(phone);
            }
            if let Some(name) = person.first_name {
                profile = profile.first_name(name);
            }
            if let Some(name) = person.last_name {
                profile = profile.extra("lastName", name);
            }
            for (name, value) in person.attributes {
                profile = profile.extra(name, value);
            }
            let call = self.users().create_or_update().identifier(person.id);
            call.body(profile).send().await?;
            Ok(())
        })
    }

    fn track_event(&self, _: Event) -> Doing<'_, ()> {
        refused(no_events())
    }

    /// Sends to the person's id, over the message's channel alone.
    fn send_message(&self, message: Message) -> Doing<'_, Sent> {
        Box::pin(async move {
            let mut content = NotificationContent::builder();
            match message.template {
                Some(template) => content = content.template_identifier(template),
                None => {
                    content = content.title(need(message.subject, NAME, "a subject or a template")?)
                }
            }
            if let Some(text) = message.text {
                content = content.message(text);
            }
            let channel = match message.channel {
                Channel::Email => "email",
                Channel::Sms => "sms",
                Channel::InApp => "inApp",
            };
            let mut body = SendNotification::builder()
                .send_to(SendTo::builder().recipients([message.to.id]))
                .override_(NotificationOverride::builder().channels([channel]));
            if !message.data.is_empty() {
                let mut data = crate::engagespot::types::NotificationData::builder();
                for (name, value) in message.data {
                    data = data.extra(name, value);
                }
                content = content.data(data);
            }
            if let Some(campaign) = message.campaign {
                body = body.category(campaign);
            }
            let receipt = self
                .notifications()
                .send()
                .body(body.notification(content))
                .send()
                .await?;
            Ok(Sent {
                id: Some(receipt.into_inner().request_id),
            })
        })
    }
}
