//! Delivered notifications of Engagespot as the outbox shows them: one per channel and recipient.

use serde_json::Value;

use super::account::EngagespotAccount;
use super::model::AcceptedSend;
use crate::accounts::json::{array, text, to_object};
use crate::accounts::message::{Channel, Message, render};

/// The channels that Engagespot documents, with the field of a profile that holds the address.
const CHANNELS: [(&str, Channel, &str); 5] = [
    ("inApp", Channel::InApp, ""),
    ("email", Channel::Email, "email"),
    ("sms", Channel::Sms, "phoneNumber"),
    ("whatsapp", Channel::Whatsapp, "phoneNumber"),
    ("webPush", Channel::WebPush, ""),
];

impl EngagespotAccount {
    /// The messages of delivered sends. A send that names no channels counts as one to the inbox: which others a workflow
    /// uses is in the console.
    pub(super) fn delivered_messages(&self) -> Vec<Message> {
        let sends = self.sends.iter();
        sends
            .flat_map(|accepted| self.messages_of(accepted))
            .collect()
    }

    fn messages_of(&self, accepted: &AcceptedSend) -> Vec<Message> {
        let Some(at) = accepted.delivered else {
            return Vec::new();
        };
        let send = &accepted.send;
        let notification = &send.body["notification"];
        let given = |field: &str| notification[field].as_str().unwrap_or_default();
        let mut values = to_object(&send.body["data"]);
        values.extend(to_object(&notification["data"]));
        let template = [
            notification["workflow"]["identifier"].as_str(),
            notification["templateIdentifier"].as_str(),
        ];
        let channels = array(&send.body["override"], "channels").iter();
        let mut channels: Vec<&str> = channels.filter_map(Value::as_str).collect();
        if channels.is_empty() {
            channels.push("inApp");
        }
        let mut messages = Vec::new();
        for (name, channel, field) in CHANNELS {
            if !channels.contains(&name) {
                continue;
            }
            let own = &send.body["override"]["channel"][name];
            for user in &send.recipients {
                let profile = self.users.get(user).map(|user| &user.profile);
                let address = profile.map_or("", |profile| text(profile, field));
                let mut to = vec![user.clone()];
                if !address.is_empty() && address != user {
                    to.insert(0, address.to_owned());
                }
                let subject = own["subject"].as_str().unwrap_or(given("title"));
                messages.push(Message {
                    to,
                    subject: render(subject, &values),
                    text: render(given("message"), &values),
                    template: template
                        .into_iter()
                        .flatten()
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    data: Value::Object(values.clone()),
                    ..Message::new("engagespot", &send.request_id, channel, at)
                });
            }
        }
        messages
    }
}
