//! What users find in their inboxes.

use serde_json::{Value, json};

use super::{State, access, need_user, now};
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad, missing};
use crate::accounts::values::{Row, int};

/// A page's size unless it is given.
const PAGE: i64 = 15;
const LARGEST_PAGE: i64 = 20;

/// A notification in an inbox.
pub(super) struct Notification {
    /// Whose inbox it is in.
    pub(super) user: String,
    /// The notification as it is shown.
    pub(super) row: Row,
}

impl Notification {
    fn is_set(&self, key: &str) -> bool {
        self.row.get(key).is_some_and(|value| !value.is_null())
    }

    /// Neither seen nor clicked.
    fn is_unread(&self) -> bool {
        !self.is_set("seenAt") && !self.is_set("clickedAt")
    }

    /// Notes a time, unless an earlier one is noted.
    fn set(&mut self, key: &str) {
        if !self.is_set(key) {
            self.row.insert(key.into(), now().into());
        }
    }
}

/// A positive parameter that is `otherwise` when it is missing.
fn positive(call: &Call, name: &str, otherwise: i64) -> Result<i64, Refused> {
    let given = call.parameters.get(name);
    let number = given.map_or(Some(otherwise), int).unwrap_or_default();
    if number < 1 {
        return Err(bad(format!("{name} must not be less than 1")));
    }
    Ok(number)
}

/// How many to skip and how many to take.
fn window(page: i64, size: i64) -> (usize, usize) {
    let skip = (page - 1).saturating_mul(size);
    (
        usize::try_from(skip).unwrap_or(usize::MAX),
        usize::try_from(size).unwrap_or(usize::MAX),
    )
}

impl State {
    /// Puts a notification into a user's inbox.
    pub(super) fn deliver(&mut self, user: &str, mut row: Row) {
        let id = self.id();
        row.insert("id".into(), id.into());
        row.insert("createdAt".into(), now().into());
        let user = user.to_owned();
        self.notifications.insert(id, Notification { user, row });
    }

    /// A user's notifications, newest first.
    fn of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a Notification> {
        let all = self.notifications.values().rev();
        all.filter(move |notification| notification.user == user)
    }

    fn of_mut<'a>(&'a mut self, user: &'a str) -> impl Iterator<Item = &'a mut Notification> {
        let all = self.notifications.values_mut().rev();
        all.filter(move |notification| notification.user == user)
    }

    /// A user's inbox, newest first.
    pub(crate) fn inbox(&self, user: &str) -> Vec<Value> {
        self.of(user)
            .map(|notification| Value::Object(notification.row.clone()))
            .collect()
    }

    pub(super) fn unread(&self, user: &str) -> usize {
        self.of(user).filter(|one| one.is_unread()).count()
    }

    /// The notification that a call names. To a user, those of others aren't there.
    fn named(&mut self, call: &Call) -> Result<&mut Notification, Refused> {
        let user = access::user(call);
        self.notifications
            .get_mut(&call.id("notificationId"))
            .filter(|one| user.is_none_or(|user| user == one.user))
            .ok_or_else(|| missing("Notification not found"))
    }

    pub(super) fn notifications_list(&self, call: &Call) -> Outcome {
        let user = access::user(call).unwrap_or_else(|| call.text("userIdentifier").to_owned());
        if user.is_empty() {
            return Err(bad(
                "userIdentifier should not be empty when the app reads an inbox",
            ));
        }
        let page = positive(call, "pageNo", 1)?;
        let size = positive(call, "limit", PAGE)?;
        if size > LARGEST_PAGE {
            return Err(bad(format!(
                "limit must not be greater than {LARGEST_PAGE}"
            )));
        }
        let passes: fn(&Notification) -> bool = match call.text("filter") {
            "" => |_| true,
            "unread" => |one| !one.is_set("clickedAt"),
            "read" => |one| one.is_set("clickedAt"),
            "interacted" => |one| one.is_set("state"),
            _ => return Err(bad("filter must be one of unread, read, interacted")),
        };
        let category = call.parameters.get("category");
        let found: Vec<&Notification> = self
            .of(&user)
            .filter(|one| passes(one))
            .filter(|one| {
                category.is_none_or(|category| one.row["category"]["identifier"] == *category)
            })
            .collect();
        let (skip, take) = window(page, size);
        let data: Vec<&Row> = found
            .iter()
            .skip(skip)
            .take(take)
            .map(|one| &one.row)
            .collect();
        Ok(Reply::Json(json!({
            "unreadCount": self.unread(&user),
            "pagination": { "totalCount": found.len() },
            "data": data,
        })))
    }

    pub(super) fn notifications_get(&mut self, call: &Call) -> Outcome {
        let notification = self.named(call)?;
        notification.set("seenAt");
        Ok(Reply::Json(Value::Object(notification.row.clone())))
    }

    pub(super) fn notifications_delete(&mut self, call: &Call) -> Outcome {
        self.named(call)?;
        self.notifications.remove(&call.id("notificationId"));
        Ok(Reply::Json(json!({
            "statusCode": 200, "message": "Notification deleted successfully",
        })))
    }

    /// Notes that a notification was seen or clicked just now, or never.
    pub(super) fn mark(&mut self, call: &Call, key: &str, done: bool) -> Outcome {
        let notification = self.named(call)?;
        if done {
            notification.set(key);
        } else {
            notification.row.insert(key.into(), Value::Null);
        }
        Ok(Reply::Done)
    }

    pub(super) fn change_state(&mut self, call: &Call) -> Outcome {
        let notification = self.named(call)?;
        let state = call.body["state"].clone();
        notification.row.insert("state".into(), state);
        let row = notification.row.clone();
        if call.body["delete"] == true {
            self.notifications.remove(&call.id("notificationId"));
        }
        Ok(Reply::Json(Value::Object(row)))
    }

    /// Despite its name, only a page of those that aren't seen.
    pub(super) fn mark_all_as_seen(&mut self, call: &Call) -> Outcome {
        let user = need_user(call)?;
        let page = positive(call, "page", 1)?;
        let size = positive(call, "limit", PAGE)?;
        let (skip, take) = window(page, size);
        self.of_mut(&user)
            .filter(|one| !one.is_set("seenAt"))
            .skip(skip)
            .take(take)
            .for_each(|one| one.set("seenAt"));
        Ok(Reply::Done)
    }

    pub(super) fn mark_all_as_read(&mut self, call: &Call) -> Outcome {
        let user = need_user(call)?;
        self.of_mut(&user).for_each(|one| one.set("clickedAt"));
        Ok(Reply::Done)
    }

    pub(super) fn delete_all(&mut self, call: &Call) -> Outcome {
        let user = need_user(call)?;
        self.notifications.retain(|_, one| one.user != user);
        Ok(Reply::Done)
    }
}
