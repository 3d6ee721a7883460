//! What front ends call when they start.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{State, access, need_user};
use crate::accounts::call::{Call, Outcome, Reply};
use crate::accounts::values::now_seconds;
use crate::http::auth::bearer;

impl State {
    /// Notes members of a device.
    fn note_device(&mut self, user: &str, device: &str, members: &[(&str, &Value)]) {
        let row = self
            .user(user)
            .devices
            .entry(device.to_owned())
            .or_default();
        row.insert("deviceId".into(), device.into());
        for (name, value) in members {
            if !value.is_null() {
                row.insert((*name).to_owned(), (*value).clone());
            }
        }
    }

    pub(super) fn connect(&mut self, call: &Call) -> Outcome {
        let user = need_user(call)?;
        let kinds = ["deviceType", "browserType"].map(|name| (name, &call.body[name]));
        self.note_device(&user, call.header("x-engagespot-device-id"), &kinds);
        Ok(Reply::Json(json!({
            "unreadCount": self.unread(&user),
            "app": {
                "id": 1, "name": "Sandbox", "categories": self.shown_categories(), "channels": ["inApp", "webPush"],
                "enableWebPush": true, "hideBranding": false, "publicKey": "sandbox-vapid-public-key",
            },
        })))
    }

    /// Made up, but for the channel that the token would allow.
    pub(super) fn realtime_token_request(&mut self, call: &Call) -> Outcome {
        let user = need_user(call)?;
        let claimed = bearer(&call.headers).and_then(|text| access::token(text).ok());
        let key = claimed.map_or_else(
            || call.header("x-engagespot-api-key").to_owned(),
            |token| token.api_key,
        );
        let nonce = format!("{:016}", self.id());
        let allowed = json!({ (format!("{key}_{user}")): ["subscribe"] });
        Ok(Reply::Json(json!({
            "keyName": "sandbox.realtime",
            "clientId": user,
            "capability": allowed.to_string(),
            "timestamp": now_seconds().saturating_mul(1000),
            "mac": BASE64_STANDARD.encode(format!("sandbox {nonce}")),
            "nonce": nonce,
        })))
    }

    pub(super) fn attach_web_push(&mut self, call: &Call) -> Outcome {
        let user = need_user(call)?;
        let subscription = [("webPushSubscription", &call.body)];
        self.note_device(&user, call.text("deviceId"), &subscription);
        Ok(Reply::Json(json!({})))
    }
}
