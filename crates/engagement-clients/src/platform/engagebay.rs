//! EngageBay: profiles.

use super::{
    BoxFuture, Event, Message, Person, Platform, PlatformError, SendReceipt, Task, Unsupported,
    need_object, refused,
};
use crate::engagebay::types::Property;
use crate::engagebay::{Client, PROVIDER};

const NAME: &str = PROVIDER.name;

fn unsupported(task: Task) -> Unsupported {
    let why = match task {
        Task::TrackEvent => "its API has calendar events, but none that people cause",
        _ => "its API starts sequences and broadcasts, but sends no single message",
    };
    Unsupported {
        provider: NAME,
        task,
        why,
    }
}

impl Platform for Client {
    fn name(&self) -> &'static str {
        NAME
    }

    fn supports(&self, task: Task) -> Result<(), Unsupported> {
        match task {
            Task::UpsertProfile => Ok(()),
            task => Err(unsupported(task)),
        }
    }

    /// Looks up the contact by its e-mail address, then creates or updates it. Attributes become custom fields with the same
    /// name, as text; the id is not stored.
    fn upsert_profile(&self, person: Person) -> BoxFuture<()> {
        let contacts = self.contacts();
        Box::pin(async move {
            let Some(email) = person.email else {
                return Err(PlatformError::Incomplete {
                    provider: NAME,
                    what: "the person's e-mail address, by which it knows people",
                });
            };
            need_object(&person.attributes, NAME)?;
            let mut properties = Vec::new();
            properties.extend(person.first_name.map(Property::first_name));
            properties.extend(person.last_name.map(Property::last_name));
            properties.extend(person.phone.map(|phone| Property::phone("mobile", phone)));
            for (name, value) in person.attributes {
                let text = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                properties.push(Property::text(name, text));
            }
            contacts.upsert(email, properties).send().await?;
            Ok(())
        })
    }

    fn track_event(&self, _: Event) -> BoxFuture<()> {
        refused(unsupported(Task::TrackEvent))
    }

    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt> {
        refused(unsupported(Task::SendMessage(message.channel)))
    }
}
