//! Preferences: the channels over which a category may reach a user.

use crate::Scalar;
use crate::enums::Channel;
use crate::ids::CategoryId;
use crate::types::{
    CategoryPreferenceUpdate, ChannelPreference, ChannelPreferenceUpdate, PreferencesUpdate,
    UserPreference,
};

/// Channels to turn on or off for one category. Other channels do not change.
///
/// ```
/// use engagespot_client::enums::Channel;
/// use engagespot_client::types::{CategoryPreferenceUpdate, PreferencesUpdate};
///
/// let quiet = CategoryPreferenceUpdate::of(71).off(Channel::Email).on(Channel::InApp);
/// assert_eq!(
///     serde_json::to_value(PreferencesUpdate::from(quiet))?,
///     serde_json::json!({"preference": [{"categoryId": 71, "channels": [
///         {"channel": "email", "enabled": false},
///         {"channel": "inApp", "enabled": true},
///     ]}]}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl CategoryPreferenceUpdate {
    /// The category with this numeric id, from `client.categories().list()`.
    #[must_use]
    pub fn of(category_id: impl Into<CategoryId>) -> Self {
        Self::new(category_id, Vec::<ChannelPreferenceUpdate>::new())
    }

    /// Turns a channel on.
    #[must_use]
    pub fn on(self, channel: impl Into<Channel>) -> Self {
        self.set(channel, true)
    }

    /// Turns a channel off.
    #[must_use]
    pub fn off(self, channel: impl Into<Channel>) -> Self {
        self.set(channel, false)
    }

    fn set(mut self, channel: impl Into<Channel>, enabled: bool) -> Self {
        let channel = ChannelPreferenceUpdate::new(channel, enabled);
        self.channels.push(channel);
        self
    }
}

/// One category.
impl From<CategoryPreferenceUpdate> for PreferencesUpdate {
    fn from(category: CategoryPreferenceUpdate) -> Self {
        Self::new([category])
    }
}

/// These categories.
impl<const N: usize> From<[CategoryPreferenceUpdate; N]> for PreferencesUpdate {
    fn from(categories: [CategoryPreferenceUpdate; N]) -> Self {
        Self::new(categories)
    }
}

/// These categories.
impl From<Vec<CategoryPreferenceUpdate>> for PreferencesUpdate {
    fn from(preference: Vec<CategoryPreferenceUpdate>) -> Self {
        Self::new(preference)
    }
}

impl ChannelPreference {
    /// Whether the channel is on. Engagespot sends a boolean, or 1 and 0; a missing value means on.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        match &self.enabled {
            None => true,
            Some(Scalar::Bool(enabled)) => *enabled,
            Some(other) => other
                .as_bool()
                .or_else(|| other.as_i64().map(|number| number != 0))
                .unwrap_or(true),
        }
    }
}

impl UserPreference {
    /// Whether a channel is on for the category. Engagespot lists only channels that were set; all others are on.
    #[must_use]
    pub fn allows(&self, channel: impl Into<Channel>) -> bool {
        let channel = Some(channel.into());
        let mut set = self.channel_preferences.iter().flatten();
        set.find(|set| set.channel == channel)
            .is_none_or(ChannelPreference::is_enabled)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn unset_channels_are_allowed() {
        let preference = |enabled: Value| -> UserPreference {
            let channels = json!([{"channel": "email", "enabled": enabled}]);
            serde_json::from_value(json!({"channelPreferences": channels})).unwrap()
        };
        for (enabled, allows) in [
            (json!(true), true),
            (json!(1), true),
            (json!("true"), true),
            (json!("1"), true),
            (Value::Null, true),
            (json!(false), false),
            (json!(0), false),
            (json!("false"), false),
            (json!("0"), false),
        ] {
            let preference = preference(enabled.clone());
            assert_eq!(preference.allows(Channel::Email), allows, "{enabled}");
            assert!(preference.allows("sms"));
        }
        assert!(UserPreference::default().allows(Channel::InApp));
    }

    #[test]
    fn several_categories_are_sent_in_one_call() {
        let update = PreferencesUpdate::from([
            CategoryPreferenceUpdate::of(1).off("pager"),
            CategoryPreferenceUpdate::of(2).on(Channel::Sms),
        ]);
        assert_eq!(
            serde_json::to_value(update).unwrap(),
            json!({"preference": [
                {"categoryId": 1, "channels": [{"channel": "pager", "enabled": false}]},
                {"categoryId": 2, "channels": [{"channel": "sms", "enabled": true}]},
            ]})
        );
    }
}
