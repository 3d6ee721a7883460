//! Messages of EngageOne as the outbox shows them: one per record of a send.

use serde_json::Value;

use super::account::EngageOneAccount;
use super::sends::address;
use crate::accounts::json::{array, to_object};
use crate::accounts::message::{Channel, Message, render};

impl EngageOneAccount {
    pub(super) fn sent_messages(&self) -> Vec<Message> {
        let mut messages = Vec::new();
        for (at, send) in self.sends.iter() {
            let text = |field: &str| send.body[field].as_str().unwrap_or_default();
            for record in array(&send.body, "dataset") {
                let Some(to) = address(record, text("email_json_path")) else {
                    continue;
                };
                let values = to_object(record);
                messages.push(Message {
                    to: vec![to.to_owned()],
                    from: text("sender").to_owned(),
                    subject: render(text("subject"), &values),
                    template: text("communication").to_owned(),
                    data: Value::Object(values),
                    ..Message::new("engageone", &send.id, Channel::Email, *at)
                });
            }
        }
        messages
    }
}
