//! Notifications in the inboxes of users.

use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::auth::{require_user, user};
use super::model::Notification;
use super::time::now;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, integer};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};
use crate::accounts::shared::Shared;

/// Notifications on a page by default.
const DEFAULT_PAGE: i64 = 15;
const MAX_PAGE: i64 = 20;

/// A positive parameter, or its default.
fn positive(call: &Call, name: &str, default: i64) -> Result<i64, ApiError> {
    let given = call.parameters.get(name);
    let number = given.map_or(Some(default), integer).unwrap_or_default();
    if number < 1 {
        return Err(bad_request(format!("{name} must not be less than 1")));
    }
    Ok(number)
}

/// How many elements are before a page, and how many are on it.
fn page_bounds(page: i64, size: i64) -> (usize, usize) {
    let skip = (page - 1).saturating_mul(size);
    (
        usize::try_from(skip).unwrap_or(usize::MAX),
        usize::try_from(size).unwrap_or(usize::MAX),
    )
}

impl EngagespotAccount {
    /// Adds a notification to a user's inbox.
    pub(super) fn deliver(&mut self, user: &str, mut record: Object) {
        let id = self.next_id();
        record.insert("id".into(), id.into());
        record.insert("createdAt".into(), now(&self.clock).into());
        let user = user.to_owned();
        let notification = Shared::new(Notification { user, record });
        self.notifications.insert(id, notification);
    }

    /// A user's notifications, newest first.
    fn inbox_of<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a Notification> {
        let all = self.notifications.values().rev().map(|one| &**one);
        all.filter(move |notification| notification.user == user)
    }

    fn inbox_of_mut<'a>(&'a mut self, user: &'a str) -> impl Iterator<Item = &'a mut Notification> {
        let all = self.notifications.values_mut().rev();
        // Only those that may change are copied.
        all.filter(move |notification| notification.user == user)
            .map(|notification| &mut **notification)
    }

    /// A user's inbox, newest first.
    pub(crate) fn inbox(&self, user: &str) -> Vec<Value> {
        self.inbox_of(user)
            .map(|notification| Value::Object(notification.record.clone()))
            .collect()
    }

    /// The number of unread notifications of a user.
    pub(super) fn unread_count(&self, user: &str) -> usize {
        self.inbox_of(user)
            .filter(|notification| notification.is_unread())
            .count()
    }

    /// The notification that a call names. A user can't reach those of others.
    fn requested_notification(&mut self, call: &Call) -> Result<&mut Notification, ApiError> {
        let user = user(call);
        self.notifications
            .get_mut(&call.id("notificationId"))
            .filter(|notification| user.is_none_or(|user| user == notification.user))
            .map(|notification| &mut **notification)
            .ok_or_else(|| not_found("Notification not found"))
    }

    pub(super) fn notifications_list(&self, call: &Call) -> ApiResult {
        let user = user(call).unwrap_or_else(|| call.text("userIdentifier").to_owned());
        if user.is_empty() {
            return Err(bad_request(
                "userIdentifier should not be empty when the app reads an inbox",
            ));
        }
        let page = positive(call, "pageNo", 1)?;
        let size = positive(call, "limit", DEFAULT_PAGE)?;
        if size > MAX_PAGE {
            return Err(bad_request(format!(
                "limit must not be greater than {MAX_PAGE}"
            )));
        }
        let accepts: fn(&Notification) -> bool = match call.text("filter") {
            "" => |_| true,
            "unread" => |notification| !notification.is_set("clickedAt"),
            "read" => |notification| notification.is_set("clickedAt"),
            "interacted" => |notification| notification.is_set("state"),
            _ => {
                return Err(bad_request(
                    "filter must be one of unread, read, interacted",
                ));
            }
        };
        let category = call.parameters.get("category");
        let found: Vec<&Notification> = self
            .inbox_of(&user)
            .filter(|notification| accepts(notification))
            .filter(|notification| {
                category.is_none_or(|category| {
                    notification.record["category"]["identifier"] == *category
                })
            })
            .collect();
        let (skip, take) = page_bounds(page, size);
        let data: Vec<&Object> = found
            .iter()
            .skip(skip)
            .take(take)
            .map(|notification| &notification.record)
            .collect();
        Ok(ApiResponse::Json(json!({
            "unreadCount": self.unread_count(&user),
            "pagination": { "totalCount": found.len() },
            "data": data,
        })))
    }

    pub(super) fn notifications_get(&mut self, call: &Call) -> ApiResult {
        let now = now(&self.clock);
        let notification = self.requested_notification(call)?;
        notification.set("seenAt", now);
        Ok(ApiResponse::Json(Value::Object(
            notification.record.clone(),
        )))
    }

    pub(super) fn notifications_delete(&mut self, call: &Call) -> ApiResult {
        self.requested_notification(call)?;
        self.notifications.remove(&call.id("notificationId"));
        Ok(ApiResponse::Json(json!({
            "statusCode": 200, "message": "Notification deleted successfully",
        })))
    }

    /// Sets the time at which a notification was seen or clicked, or resets it. The response is an empty object: its form
    /// is not documented, and a client of the provider fails without JSON.
    pub(super) fn mark(&mut self, call: &Call, field: &str, set: bool) -> ApiResult {
        let now = now(&self.clock);
        let notification = self.requested_notification(call)?;
        if set {
            notification.set(field, now);
        } else {
            notification.record.insert(field.into(), Value::Null);
        }
        Ok(ApiResponse::Json(json!({})))
    }

    pub(super) fn change_state(&mut self, call: &Call) -> ApiResult {
        let notification = self.requested_notification(call)?;
        let state = call.body["state"].clone();
        notification.record.insert("state".into(), state);
        let record = notification.record.clone();
        if call.body["delete"] == true {
            self.notifications.remove(&call.id("notificationId"));
        }
        Ok(ApiResponse::Json(Value::Object(record)))
    }

    /// Despite its name, this marks only one page of the unseen notifications.
    pub(super) fn mark_all_as_seen(&mut self, call: &Call) -> ApiResult {
        let user = require_user(call)?;
        let page = positive(call, "page", 1)?;
        let size = positive(call, "limit", DEFAULT_PAGE)?;
        let (skip, take) = page_bounds(page, size);
        let now = now(&self.clock);
        self.inbox_of_mut(&user)
            .filter(|notification| !notification.is_set("seenAt"))
            .skip(skip)
            .take(take)
            .for_each(|notification| notification.set("seenAt", now.clone()));
        Ok(ApiResponse::Empty)
    }

    pub(super) fn mark_all_as_read(&mut self, call: &Call) -> ApiResult {
        let user = require_user(call)?;
        let now = now(&self.clock);
        self.inbox_of_mut(&user)
            .for_each(|notification| notification.set("clickedAt", now.clone()));
        Ok(ApiResponse::Empty)
    }

    pub(super) fn delete_all(&mut self, call: &Call) -> ApiResult {
        let user = require_user(call)?;
        self.notifications
            .retain(|_, notification| notification.user != user);
        Ok(ApiResponse::Empty)
    }
}
