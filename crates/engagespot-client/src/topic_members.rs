//! Topics and their subscribers.

use serde::Deserialize as _;
use serde_json::Value;

use crate::enums::Channel;
use crate::ids::{TopicId, UserId};
use crate::types::{
    NewTopic, TopicChannels, TopicSubscriber, TopicSubscribers, TopicUnsubscribers,
};

/// A topic to create.
///
/// ```
/// use engagespot_client::types::NewTopic;
///
/// let topic = NewTopic::named("Release Notes");
/// assert_eq!(topic.identifier.as_str(), "release-notes");
/// ```
impl NewTopic {
    /// A topic whose identifier is derived from its name, as in Engagespot's own library: lower case, with hyphens for spaces.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        let words: Vec<&str> = name.split_whitespace().collect();
        let identifier = words.join("-").to_lowercase();
        Self::new(name, identifier)
    }
}

/// The numeric id in the response to `client.topics().create()`, for other calls about the topic.
///
/// The response is not documented. This function accepts the id as a number or text, and as `id` of an object; otherwise it
/// returns `None`.
///
/// ```
/// use engagespot_client::ids::TopicId;
/// use engagespot_client::topic_id;
/// use serde_json::json;
///
/// assert_eq!(topic_id(&json!("12")), Some(TopicId::from(12)));
/// assert_eq!(topic_id(&json!({"id": 12, "name": "News"})), Some(TopicId::from(12)));
/// assert_eq!(topic_id(&json!({"message": "created"})), None);
/// ```
#[must_use]
pub fn topic_id(response: &Value) -> Option<TopicId> {
    let id = response.get("id").unwrap_or(response);
    TopicId::deserialize(id).ok()
}

/// One user.
impl From<TopicSubscriber> for TopicSubscribers {
    fn from(user: TopicSubscriber) -> Self {
        Self::new([user])
    }
}

/// These users.
impl<const N: usize> From<[TopicSubscriber; N]> for TopicSubscribers {
    fn from(users: [TopicSubscriber; N]) -> Self {
        Self::new(users)
    }
}

/// These users.
impl From<Vec<TopicSubscriber>> for TopicSubscribers {
    fn from(users: Vec<TopicSubscriber>) -> Self {
        Self::new(users)
    }
}

/// These users, by identifier.
impl<T: Into<UserId>, const N: usize> From<[T; N]> for TopicUnsubscribers {
    fn from(users: [T; N]) -> Self {
        Self::new(users)
    }
}

/// These users, by identifier.
impl<T: Into<UserId>> From<Vec<T>> for TopicUnsubscribers {
    fn from(users: Vec<T>) -> Self {
        Self::new(users)
    }
}

/// These channels, which replace the current ones.
impl<T: Into<Channel>, const N: usize> From<[T; N]> for TopicChannels {
    fn from(channels: [T; N]) -> Self {
        Self::new(channels)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn identifiers_are_derived_from_names() {
        for (name, identifier) in [
            ("News", "news"),
            ("Release  Notes\tEU", "release-notes-eu"),
            (" Été ", "été"),
            ("", ""),
        ] {
            assert_eq!(NewTopic::named(name).identifier.as_str(), identifier);
        }
        assert_eq!(NewTopic::named(" News").name, " News");
    }

    #[test]
    fn an_id_is_found_or_none() {
        assert_eq!(topic_id(&json!(7)), Some(TopicId::from(7)));
        assert_eq!(topic_id(&json!({"id": "7"})), Some(TopicId::from(7)));
        for response in [
            json!(null),
            json!(true),
            json!([7]),
            json!("created"),
            json!({"id": {}}),
        ] {
            assert_eq!(topic_id(&response), None, "{response}");
        }
    }

    #[test]
    fn lists_of_users_and_channels_convert() {
        let ada = TopicSubscriber::new("ada", [Channel::InApp]);
        assert_eq!(
            serde_json::to_value(TopicSubscribers::from(ada)).unwrap(),
            json!({"users": [{"identifier": "ada", "channels": ["inApp"]}]})
        );
        assert_eq!(
            serde_json::to_value(TopicUnsubscribers::from(["ada"])).unwrap(),
            json!({"users": ["ada"]})
        );
        assert_eq!(
            serde_json::to_value(TopicChannels::from(["email"])).unwrap(),
            json!({"channels": ["email"]})
        );
    }
}
