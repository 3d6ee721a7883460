//! Engage: profiles, events, e-mail and SMS.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Channel, Doing, Event, Message, Person, Platform, PlatformError, Sent, Task, Unsupported, need,
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

    fn upsert_profile(&self, person: Person) -> Doing<'_, ()> {
        Box::pin(async move {
            let mut user = UserUpdate::builder();
            if !person.attributes.is_empty() {
                user = user.meta(scalars(person.attributes)?);
            }
            if let Some(email) = person.email {
                user = user.email(email);
            }
            if let Some(phone) = person.phone {
                user = user.number(phone);
            }
            if let Some(name) = person.first_name {
                user = user.first_name(name);
            }
            if let Some(name) = person.last_name {
                user = user.last_name(name);
            }
            self.users()
                .update()
                .uid(person.id)
                .body(user)
                .send()
                .await?;
            Ok(())
        })
    }

    fn track_event(&self, event: Event) -> Doing<'_, ()> {
        Box::pin(async move {
            let mut body = TrackEvent::builder().event(event.name);
            if !event.properties.is_empty() {
                body = body.properties(scalars(event.properties)?);
            }
            self.users()
                .track()
                .uid(event.person)
                .body(body)
                .send()
                .await?;
            Ok(())
        })
    }

    fn send_message(&self, message: Message) -> Doing<'_, Sent> {
        Box::pin(async move {
            self.supports(Task::SendMessage(message.channel))?;
            let receipt = match message.channel {
                Channel::Sms => {
                    let sms = SmsMessage::builder()
                        .to(need(message.to.phone, NAME, "the receiver's phone number")?)
                        .from(need(message.from, NAME, "a sender")?)
                        .body(need(message.text, NAME, "a text")?)
                        .source(need(
                            message.through,
                            NAME,
                            "the integration to send through, such as `twilio`",
                        )?);
                    self.send().sms().body(sms).send().await?
                }
                _ => {
                    let from = need(message.from, NAME, "a sender")?;
                    let mut email = EmailMessage::builder()
                        .to(need(
                            message.to.email,
                            NAME,
                            "the receiver's e-mail address",
                        )?)
                        .from(EmailSender::builder().email(from))
                        .subject(need(message.subject, NAME, "a subject")?);
                    if message.text.is_none()
                        && message.html.is_none()
                        && message.template.is_none()
                    {
                        return Err(PlatformError::Incomplete {
                            provider: NAME,
                            what: "a text, HTML or a template",
                        });
                    }
                    if let Some(text) = message.text {
                        email = email.text(text);
                    }
                    if let Some(html) = message.html {
                        email = email.html(html);
                    }
                    if let Some(template) = message.template {
                        email = email.template(template).template_variables(message.data);
                    }
                    self.send().email().body(email).send().await?
                }
            };
            taken(receipt.into_inner())
        })
    }
}

/// A success may carry a refusal.
fn taken(receipt: MessageReceipt) -> Result<Sent, PlatformError> {
    match receipt.refusal() {
        Some(words) => Err(PlatformError::Refused {
            provider: NAME,
            words: engagement_core::mask(&words),
        }),
        None => Ok(Sent { id: receipt.id }),
    }
}

/// Engage keeps text, numbers and booleans.
fn scalars(values: Map<String, Value>) -> Result<BTreeMap<String, Scalar>, PlatformError> {
    let scalar = |(name, value): (String, Value)| {
        let value = serde_json::from_value(value).ok();
        Ok((
            name,
            need(
                value,
                NAME,
                "attributes and properties that are text, numbers or booleans",
            )?,
        ))
    };
    values.into_iter().map(scalar).collect()
}
