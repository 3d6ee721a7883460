//! Events of users.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::attributes::{accept_attributes, check_name};
use super::batch::entries;
use super::model::Identity;
use super::time;
use crate::accounts::call::Call;
use crate::accounts::json::to_object;
use crate::accounts::response::{ApiError, ApiResult, bad_request};

/// Checks that an event has a user and a name.
fn check_event(event: &Value) -> Result<&Value, ApiError> {
    Identity::of(event)?;
    if event["eventName"].as_str().unwrap_or_default().is_empty() {
        return Err(bad_request("`eventName` is empty: give the event a name"));
    }
    Ok(event)
}

impl WebEngageAccount {
    pub(super) fn events_track(&mut self, call: &Call) -> ApiResult {
        let operation = "events_track";
        check_event(&call.body)?;
        if self.is_first(operation, call) {
            self.record_event(&call.body);
        }
        Ok(self.queued_response(operation))
    }

    pub(super) fn events_track_bulk(&mut self, call: &Call) -> ApiResult {
        let operation = "events_track_bulk";
        let events = entries(&call.body, "events", check_event)?;
        if self.is_first(operation, call) {
            for event in events {
                self.record_event(event);
            }
        }
        Ok(self.queued_response(operation))
    }

    /// Records an event, or drops it without an error.
    pub(super) fn record_event(&mut self, body: &Value) {
        let name = body["eventName"].as_str().unwrap_or_default();
        let path = format!("events/{name}");
        if let Some(why) = check_name(name) {
            self.dropped.push(format!("{path}: {why}"));
            return;
        }
        let types = self.event_types.entry(name.to_owned()).or_default();
        let data = accept_attributes(
            types,
            &to_object(&body["eventData"]),
            &path,
            &mut self.dropped,
        );
        let mut event = json!({});
        // An event with both ids keeps both. As at the provider, this merges no users.
        for field in ["userId", "anonymousId"] {
            if let Some(id) = body[field].as_str().filter(|id| !id.is_empty()) {
                event[field] = id.into();
            }
        }
        event["eventName"] = name.into();
        event["eventTime"] = match &body["eventTime"] {
            Value::String(time) if !time.is_empty() => time.clone().into(),
            Value::Number(seconds) => seconds.clone().into(),
            _ => time::now(&self.clock).into(),
        };
        event["eventData"] = Value::Object(data);
        self.events.push(event);
    }
}
