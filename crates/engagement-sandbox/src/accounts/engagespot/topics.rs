//! Topics and who is subscribed to them.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::State;
use super::users::texts;
use crate::accounts::call::{Outcome, Refused, Reply, bad, missing, refused};
use crate::accounts::values::items;

/// A group of users.
pub(super) struct Topic {
    name: String,
    pub(super) identifier: String,
    /// The channels that the topic may use, by subscriber.
    pub(super) subscribers: BTreeMap<String, Vec<String>>,
}

impl State {
    fn topic(&mut self, id: i64) -> Result<&mut Topic, Refused> {
        self.topics
            .get_mut(&id)
            .ok_or_else(|| missing("Topic not found"))
    }

    /// Answers the id as text, which is all that is known about the answer.
    pub(super) fn topics_create(&mut self, body: &Value) -> Outcome {
        let given = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let (name, identifier) = (given("name"), given("identifier"));
        if identifier.is_empty() {
            return Err(bad("identifier should not be empty"));
        }
        if self
            .topics
            .values()
            .any(|topic| topic.identifier == identifier)
        {
            let message = "a topic with this identifier exists already";
            return Err(refused(StatusCode::CONFLICT, message));
        }
        let id = self.id();
        let subscribers = BTreeMap::new();
        self.topics.insert(
            id,
            Topic {
                name,
                identifier,
                subscribers,
            },
        );
        Ok(Reply::Json(json!(id.to_string())))
    }

    pub(super) fn topics_update(&mut self, id: i64, body: &Value) -> Outcome {
        let name = body["name"].as_str().unwrap_or_default();
        name.clone_into(&mut self.topic(id)?.name);
        Ok(Reply::Done)
    }

    pub(super) fn topics_delete(&mut self, id: i64) -> Outcome {
        self.topic(id)?;
        self.topics.remove(&id);
        Ok(Reply::Done)
    }

    /// Subscribing again replaces the channels.
    pub(super) fn topics_subscribe(&mut self, id: i64, body: &Value) -> Outcome {
        self.topic(id)?;
        for (at, given) in items(body, "users").iter().enumerate() {
            if let Some(user) = self.registered(&given["identifier"], &format!("users/{at}")) {
                let channels = texts(given, "channels");
                self.topic(id)?.subscribers.insert(user, channels);
            }
        }
        Ok(Reply::Done)
    }

    pub(super) fn topics_unsubscribe(&mut self, id: i64, body: &Value) -> Outcome {
        let topic = self.topic(id)?;
        for user in texts(body, "users") {
            topic.subscribers.remove(&user);
        }
        Ok(Reply::Done)
    }

    pub(super) fn topics_set_channels(&mut self, id: i64, user: &str, body: &Value) -> Outcome {
        let topic = self.topic(id)?;
        let channels = topic
            .subscribers
            .get_mut(user)
            .ok_or_else(|| missing("Subscription not found"))?;
        *channels = texts(body, "channels");
        Ok(Reply::Done)
    }

    pub(super) fn topics_of(&self, user: &str) -> Reply {
        let subscriptions = self.topics.iter().filter_map(|(id, topic)| {
            let channels = topic.subscribers.get(user)?;
            let shown = json!({ "id": id, "name": topic.name, "identifier": topic.identifier });
            Some(json!({ "topic": shown, "channels": channels }))
        });
        Reply::Json(subscriptions.collect())
    }
}
