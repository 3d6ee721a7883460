//! Devices of users.

use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::auth::require_user;
use crate::accounts::call::Call;
use crate::accounts::response::{ApiResponse, ApiResult};

impl EngagespotAccount {
    /// The devices of a user, each with its id.
    pub(crate) fn devices(&self, user: &str) -> Vec<Value> {
        let devices = self.users.get(user).map(|user| user.devices.values());
        devices
            .into_iter()
            .flatten()
            .map(|device| Value::Object(device.clone()))
            .collect()
    }

    /// Sets fields of a device, except null ones.
    pub(super) fn update_device(&mut self, user: &str, device: &str, fields: &[(&str, &Value)]) {
        let record = self
            .user_mut(user)
            .devices
            .entry(device.to_owned())
            .or_default();
        record.insert("deviceId".into(), device.into());
        for (name, value) in fields {
            if !value.is_null() {
                record.insert((*name).to_owned(), (*value).clone());
            }
        }
    }

    pub(super) fn attach_web_push(&mut self, call: &Call) -> ApiResult {
        let user = require_user(call)?;
        let subscription = [("webPushSubscription", &call.body)];
        self.update_device(&user, call.text("deviceId"), &subscription);
        Ok(ApiResponse::Json(json!({})))
    }
}
