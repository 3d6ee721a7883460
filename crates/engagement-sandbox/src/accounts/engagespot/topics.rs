//! Topics and their subscribers.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::fields::texts;
use super::model::Topic;
use crate::accounts::json::array;
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};

impl EngagespotAccount {
    /// The topic with an id, or 404.
    fn topic_mut(&mut self, id: i64) -> Result<&mut Topic, ApiError> {
        self.topics
            .get_mut(&id)
            .ok_or_else(|| not_found("Topic not found"))
    }

    /// The response is the id as text. No more is known about it.
    pub(super) fn topics_create(&mut self, body: &Value) -> ApiResult {
        let given = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        let (name, identifier) = (given("name"), given("identifier"));
        if identifier.is_empty() {
            return Err(bad_request("identifier should not be empty"));
        }
        if self
            .topics
            .values()
            .any(|topic| topic.identifier == identifier)
        {
            let message = "a topic with this identifier exists already";
            return Err(ApiError::new(StatusCode::CONFLICT, message));
        }
        let id = self.next_id();
        let subscribers = BTreeMap::new();
        self.topics.insert(
            id,
            Topic {
                name,
                identifier,
                subscribers,
            },
        );
        Ok(ApiResponse::Json(json!(id.to_string())))
    }

    pub(super) fn topics_update(&mut self, id: i64, body: &Value) -> ApiResult {
        let name = body["name"].as_str().unwrap_or_default();
        name.clone_into(&mut self.topic_mut(id)?.name);
        Ok(ApiResponse::Empty)
    }

    pub(super) fn topics_delete(&mut self, id: i64) -> ApiResult {
        self.topic_mut(id)?;
        self.topics.remove(&id);
        Ok(ApiResponse::Empty)
    }

    /// Subscribes users. A second subscription replaces the channels.
    pub(super) fn topics_subscribe(&mut self, id: i64, body: &Value) -> ApiResult {
        self.topic_mut(id)?;
        for (index, subscription) in array(body, "users").iter().enumerate() {
            if let Some(user) =
                self.registered_user(&subscription["identifier"], &format!("users/{index}"))
            {
                let channels = texts(subscription, "channels");
                self.topic_mut(id)?.subscribers.insert(user, channels);
            }
        }
        Ok(ApiResponse::Empty)
    }

    pub(super) fn topics_unsubscribe(&mut self, id: i64, body: &Value) -> ApiResult {
        let topic = self.topic_mut(id)?;
        for user in texts(body, "users") {
            topic.subscribers.remove(&user);
        }
        Ok(ApiResponse::Empty)
    }

    pub(super) fn topics_set_channels(&mut self, id: i64, user: &str, body: &Value) -> ApiResult {
        let topic = self.topic_mut(id)?;
        let channels = topic
            .subscribers
            .get_mut(user)
            .ok_or_else(|| not_found("Subscription not found"))?;
        *channels = texts(body, "channels");
        Ok(ApiResponse::Empty)
    }

    pub(super) fn topics_of(&self, user: &str) -> ApiResponse {
        let subscriptions = self.topics.iter().filter_map(|(id, topic)| {
            let channels = topic.subscribers.get(user)?;
            let view = json!({ "id": id, "name": topic.name, "identifier": topic.identifier });
            Some(json!({ "topic": view, "channels": channels }))
        });
        ApiResponse::Json(subscriptions.collect())
    }
}
