//! What an app holds, for the page and the API of the sandbox.

use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::model::{AcceptedSend, Notification, Topic, User};
use crate::accounts::account::RecordList;

impl EngagespotAccount {
    pub(super) fn listing(&self, limit: usize) -> Vec<RecordList> {
        let users = self.users.iter().map(|(id, one)| user(id, one));
        let topics = self.topics.iter().map(topic);
        let categories = self.categories.values().cloned().map(Value::Object);
        let scheduled = self.sends.iter().filter(|send| send.delivered.is_none());
        let dropped = self.dropped.iter().map(|why| why.as_str().into());
        vec![
            RecordList::new("users", limit, users),
            RecordList::new(
                "inboxes",
                limit,
                self.notifications.values().map(|one| notification(one)),
            ),
            RecordList::new("topics", limit, topics),
            RecordList::new("categories", limit, categories),
            RecordList::new("scheduled sends", limit, scheduled.map(scheduled_send)),
            RecordList::new("dropped", limit, dropped),
        ]
    }
}

fn user(identifier: &str, user: &User) -> Value {
    let devices: Vec<&String> = user.devices.keys().collect();
    json!({ "identifier": identifier, "profile": user.profile, "devices": devices })
}

fn topic((id, topic): (&i64, &Topic)) -> Value {
    json!({
        "id": id, "name": topic.name, "identifier": topic.identifier, "subscribers": topic.subscribers,
    })
}

fn notification(notification: &Notification) -> Value {
    json!({ "user": notification.user, "notification": notification.record })
}

fn scheduled_send(accepted: &AcceptedSend) -> Value {
    let send = &accepted.send;
    json!({ "requestId": send.request_id, "recipients": send.recipients, "due": accepted.due, "body": send.body })
}
