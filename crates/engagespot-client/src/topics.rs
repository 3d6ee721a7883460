//! Topics and their subscribers.

use serde_json::Value;

use crate::enums::Channel;
use crate::types::{
    NewTopic, TopicChannels, TopicSubscriber, TopicSubscribers, TopicUnsubscribers,
};
use crate::{Extra, Scalar};

/// A topic to create.
///
/// ```
/// use engagespot_client::types::NewTopic;
///
/// let topic = NewTopic::named("Release Notes");
/// assert_eq!(topic.identifier, "release-notes");
/// ```
impl NewTopic {
    /// A topic whose identifier is made of its name as Engagespot's own library does it: small letters, with hyphens
    /// for spaces.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        let words: Vec<&str> = name.split_whitespace().collect();
        Self {
            identifier: words.join("-").to_lowercase(),
            name,
            extra: Extra::new(),
        }
    }
}

/// The numeric id in the answer to `client.topics().create()`, which the other calls about the topic take.
///
/// What exactly Engagespot answers is not published: the id is found alone, as a number or as text, and as `id` in an
/// object. `None` if it is neither.
///
/// ```
/// use engagespot_client::topic_id;
/// use serde_json::json;
///
/// assert_eq!(topic_id(&json!("12")), Some(12));
/// assert_eq!(topic_id(&json!({"id": 12, "name": "News"})), Some(12));
/// assert_eq!(topic_id(&json!({"message": "created"})), None);
/// ```
#[must_use]
pub fn topic_id(answer: &Value) -> Option<i64> {
    let id = answer.get("id").unwrap_or(answer);
    serde_json::from_value::<Scalar>(id.clone()).ok()?.as_i64()
}

/// A user to subscribe.
impl TopicSubscriber {
    /// The user with this identifier, over these channels.
    #[must_use]
    pub fn new(
        identifier: impl Into<String>,
        channels: impl IntoIterator<Item: Into<Channel>>,
    ) -> Self {
        Self {
            identifier: identifier.into(),
            channels: channels.into_iter().map(Into::into).collect(),
            extra: Extra::new(),
        }
    }
}

/// One user.
impl From<TopicSubscriber> for TopicSubscribers {
    fn from(user: TopicSubscriber) -> Self {
        vec![user].into()
    }
}

/// These users.
impl<const N: usize> From<[TopicSubscriber; N]> for TopicSubscribers {
    fn from(users: [TopicSubscriber; N]) -> Self {
        Vec::from(users).into()
    }
}

/// These users.
impl From<Vec<TopicSubscriber>> for TopicSubscribers {
    fn from(users: Vec<TopicSubscriber>) -> Self {
        Self {
            users,
            extra: Extra::new(),
        }
    }
}

/// These users, by identifier.
impl<T: Into<String>, const N: usize> From<[T; N]> for TopicUnsubscribers {
    fn from(users: [T; N]) -> Self {
        Vec::from(users).into()
    }
}

/// These users, by identifier.
impl<T: Into<String>> From<Vec<T>> for TopicUnsubscribers {
    fn from(users: Vec<T>) -> Self {
        Self {
            users: users.into_iter().map(Into::into).collect(),
            extra: Extra::new(),
        }
    }
}

/// These channels, in place of the ones before.
impl<T: Into<Channel>, const N: usize> From<[T; N]> for TopicChannels {
    fn from(channels: [T; N]) -> Self {
        Self {
            channels: channels.map(Into::into).into(),
            extra: Extra::new(),
        }
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
            assert_eq!(NewTopic::named(name).identifier, identifier);
        }
        assert_eq!(NewTopic::named(" News").name, " News");
    }

    #[test]
    fn an_id_is_found_or_not_made_up() {
        assert_eq!(topic_id(&json!(7)), Some(7));
        assert_eq!(topic_id(&json!({"id": "7"})), Some(7));
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
