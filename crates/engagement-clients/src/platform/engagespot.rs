//! Engagespot: profiles and messages.

use super::{
    BoxFuture, Channel, Event, Message, Person, Platform, SendReceipt, Task, Unsupported, need,
    need_object, refused,
};
use crate::engagespot::ids::CategoryIdentifier;
use crate::engagespot::types::{
    NotificationContent, NotificationData, NotificationOverride, ProfileAttributes,
    SendNotification, SendTo,
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

    fn upsert_profile(&self, person: Person) -> BoxFuture<()> {
        let mut profile = ProfileAttributes::new();
        profile.email = person.email;
        profile.phone_number = person.phone;
        profile.first_name = person.first_name;
        if let Some(name) = person.last_name {
            profile = profile.extra("lastName", name);
        }
        let attributes = need_object(&person.attributes, NAME);
        profile.extra.extend(person.attributes);
        let call = self.users().create_or_update(person.id).body(profile);
        Box::pin(async move {
            attributes?;
            call.send().await?;
            Ok(())
        })
    }

    fn track_event(&self, _: Event) -> BoxFuture<()> {
        refused(no_events())
    }

    /// Sends to the id of the person, only over the channel of the message.
    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt> {
        let notifications = self.notifications();
        Box::pin(async move {
            let mut content = NotificationContent::new();
            match message.template {
                Some(template) => content = content.template_identifier(template),
                None => {
                    content = content.title(need(message.subject, NAME, "a subject or a template")?)
                }
            }
            content.message = message.text;
            let channel = match message.channel {
                Channel::Email => "email",
                Channel::Sms => "sms",
                Channel::InApp => "inApp",
            };
            if !message.data.is_empty() {
                content = content.data(NotificationData::from(message.data));
            }
            let mut body = SendNotification::new(content)
                .send_to(SendTo::new().recipients([message.to.id]))
                .override_(NotificationOverride::new().channels([channel]));
            body.category = message.campaign.map(CategoryIdentifier::from);
            let receipt = notifications.send(body).send().await?;
            Ok(SendReceipt {
                id: Some(receipt.request_id),
            })
        })
    }
}
