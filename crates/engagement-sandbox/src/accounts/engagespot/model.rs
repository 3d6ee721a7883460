use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::json::Object;

/// A notification or workflow run that Engagespot accepted. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EngagespotSend {
    /// The id in the response.
    pub request_id: String,
    /// Identifiers of the recipients in alphabetical order: users that are named, and subscribers of topics. Unknown ones
    /// are listed by [`Engagespot::dropped`](crate::Engagespot::dropped), cancelled ones in `cancelled`.
    pub recipients: Vec<String>,
    /// Identifiers of the users for whom the run was cancelled.
    pub cancelled: Vec<String>,
    /// Whether it is scheduled for a later time, which [`Sandbox::advance`](crate::Sandbox::advance) can reach.
    /// [`Engagespot::deliver_scheduled`](crate::Engagespot::deliver_scheduled) delivers it at once.
    pub scheduled: bool,
    /// The request's body.
    pub body: Value,
}

/// A send with its audience.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AcceptedSend {
    pub(super) send: EngagespotSend,
    /// When it is to be delivered, in seconds since 1970; `None`: immediately.
    pub(super) due: Option<i64>,
    /// When it was delivered.
    pub(super) delivered: Option<Duration>,
    /// The channels that a topic may use, by recipient; `None` for recipients that are named directly.
    pub(super) audience: BTreeMap<String, Option<BTreeSet<String>>>,
}

/// A user of the app.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct User {
    pub(super) profile: Object,
    /// Whether each channel is enabled, by category id.
    pub(super) preferences: BTreeMap<i64, Vec<(String, bool)>>,
    /// Devices by id.
    pub(super) devices: BTreeMap<String, Object>,
}

/// A group of users.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Topic {
    pub(super) name: String,
    pub(super) identifier: String,
    /// The channels that the topic may use, by subscriber.
    pub(super) subscribers: BTreeMap<String, Vec<String>>,
}

/// A notification in an inbox.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Notification {
    /// The owner of the inbox.
    pub(super) user: String,
    /// The notification as the API returns it.
    pub(super) record: Object,
}

impl Notification {
    /// Whether a field is not null.
    pub(super) fn is_set(&self, field: &str) -> bool {
        self.record.get(field).is_some_and(|value| !value.is_null())
    }

    /// Neither seen nor clicked.
    pub(super) fn is_unread(&self) -> bool {
        !self.is_set("seenAt") && !self.is_set("clickedAt")
    }

    /// Sets a time, unless it is set.
    pub(super) fn set(&mut self, field: &str, now: String) {
        if !self.is_set(field) {
            self.record.insert(field.into(), now.into());
        }
    }
}
