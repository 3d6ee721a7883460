//! Messages of Engage as the outbox shows them.

use std::time::Duration;

use serde_json::Value;

use super::account::EngageAccount;
use super::model::{EngageMessage, EngageMessageKind};
use crate::accounts::json::to_object;
use crate::accounts::message::{Channel, Message, render};

impl EngageAccount {
    pub(super) fn sent_messages(&self) -> Vec<Message> {
        let messages = self.messages.iter();
        messages.map(|(at, message)| view(*at, message)).collect()
    }
}

fn view(at: Duration, sent: &EngageMessage) -> Message {
    let body = &sent.body;
    let text = |field: &str| body[field].as_str().unwrap_or_default();
    let channel = match sent.kind {
        EngageMessageKind::Email => Channel::Email,
        EngageMessageKind::Sms => Channel::Sms,
    };
    let values = to_object(&body["template_variables"]);
    let content = match channel {
        Channel::Sms => text("body"),
        _ => text("text"),
    };
    let from = match &body["from"] {
        Value::String(from) => from.as_str(),
        from => from["email"].as_str().unwrap_or_default(),
    };
    Message {
        to: sent.to.clone(),
        from: from.to_owned(),
        subject: render(text("subject"), &values),
        text: render(content, &values),
        html: render(text("html"), &values),
        template: text("template").to_owned(),
        data: body["template_variables"].clone(),
        ..Message::new("engage", &sent.id, channel, at)
    }
}
