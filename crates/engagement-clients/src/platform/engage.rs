//! Engage: profiles, events, e-mail and SMS.

use super::{
    BoxFuture, Channel, Event, Message, Person, Platform, PlatformError, SendReceipt, Task,
    Unsupported, need,
};
use crate::Scalar;
use crate::engage::types::{
    EmailMessage, EmailSender, MessageReceipt, SmsMessage, TrackEvent, UserUpdate,
};
use crate::engage::{Client, PROVIDER};

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
                why: "its API sends e-mail and SMS only",
            }),
            _ => Ok(()),
        }
    }

    fn upsert_profile(&self, person: Person) -> BoxFuture<()> {
        let users = self.users();
        Box::pin(async move {
            let mut user = UserUpdate::new();
            if !person.attributes.is_empty() {
                user = user.meta(person.attributes);
            }
            user.email = person.email;
            user.number = person.phone.map(Scalar::from);
            user.first_name = person.first_name;
            user.last_name = person.last_name;
            users.update(person.id, user).send().await?;
            Ok(())
        })
    }

    fn track_event(&self, event: Event) -> BoxFuture<()> {
        let users = self.users();
        Box::pin(async move {
            let mut body = TrackEvent::new(event.name);
            if !event.properties.is_empty() {
                body = body.properties(event.properties);
            }
            users.track(event.person, body).send().await?;
            Ok(())
        })
    }

    fn send_message(&self, message: Message) -> BoxFuture<SendReceipt> {
        let client = self.clone();
        Box::pin(async move {
            client.supports(Task::SendMessage(message.channel))?;
            let receipt = match message.channel {
                Channel::Sms => {
                    let to = need(message.to.phone, NAME, "the receiver's phone number")?;
                    let from = need(message.from, NAME, "a sender")?;
                    let text = need(message.text, NAME, "a text")?;
                    let source = need(
                        message.through,
                        NAME,
                        "the integration to send through, such as `twilio`",
                    )?;
                    let sms = SmsMessage::new(from, to, text, source);
                    client.send().sms(sms).send().await?
                }
                _ => {
                    let from = need(message.from, NAME, "a sender")?;
                    let to = need(message.to.email, NAME, "the receiver's e-mail address")?;
                    let subject = need(message.subject, NAME, "a subject")?;
                    if message.text.is_none()
                        && message.html.is_none()
                        && message.template.is_none()
                    {
                        return Err(PlatformError::Incomplete {
                            provider: NAME,
                            what: "a text, HTML or a template",
                        });
                    }
                    let mut email = EmailMessage::new(EmailSender::new(from), to, subject);
                    email.text = message.text;
                    email.html = message.html;
                    if let Some(template) = message.template {
                        email = email.template(template).template_variables(message.data);
                    }
                    client.send().email(email).send().await?
                }
            };
            taken(receipt)
        })
    }
}

/// A successful response may contain a refusal.
fn taken(receipt: MessageReceipt) -> Result<SendReceipt, PlatformError> {
    match receipt.refusal() {
        Some(message) => Err(PlatformError::Refused {
            provider: NAME,
            message: engagement_core::mask(&message),
        }),
        None => Ok(SendReceipt { id: receipt.id }),
    }
}
