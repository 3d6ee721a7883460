//! Events of users.

use serde_json::Value;

use super::account::EngageAccount;
use crate::accounts::json::to_object;
use crate::accounts::response::{ApiError, bad_request};

/// The name of an event must be shorter, in characters.
const MAX_EVENT_NAME: usize = 32;

impl EngageAccount {
    pub(super) fn track(&mut self, uid: &str, body: &Value) -> Result<(), ApiError> {
        let name = body["event"].as_str().unwrap_or_default();
        if name.trim().is_empty() || name.chars().count() >= MAX_EVENT_NAME {
            return Err(bad_request(format!(
                "`event` must be shorter than {MAX_EVENT_NAME} characters and not empty"
            )));
        }
        let id = match self.uids.get(uid) {
            Some(id) => id.clone(),
            None => self.add_user(uid, false),
        };
        let time = format!("{}+00:00", self.clock.iso());
        self.user_mut(&id)
            .insert("last_interaction".into(), time.clone().into());
        let mut event = to_object(body);
        event.remove("type");
        event.remove("id");
        event.insert("uid".into(), uid.into());
        event.entry("timestamp").or_insert_with(|| time.into());
        self.events.push(Value::Object(event));
        Ok(())
    }
}
