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
    /// A topic whose identifier is made of its name as Engagespot's own library does it: small letters, with hyphens
    /// for spaces.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        let words: Vec<&str> = name.split_whitespace().collect();
        let identifier = words.join("-").to_lowercase();
        Self::new(name, identifier)
    }
}

/// The numeric id in the response to `client.topics().create()`, which the other calls about the topic take.
///
/// What exactly Engagespot responds with is not published: the id is found alone, as a number or as text, and as `id` in
/// an object. `None` if it is neither.
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

/// These channels, in place of the ones before.
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
    fn identifiers_are_made_of_names() {
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
    fn an_id_is_found_or_not_made_up() {
        assert_eq!(topic_id(&json!(7)), Some(TopicId::from(7)));
        assert_eq!(topic_id(&json!({"id": "7"})), Some(TopicId::from(7)));
        for answer in [
            json!(null),
            json!(true),
            json!([7]),
            json!("created"),
            json!({"id": {}}),
        ] {
            assert_eq!(topic_id(&answer), None, "{answer}");
        }
    }

    #[test]
    fn lists_of_users_and_channels_are_enough() {
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
