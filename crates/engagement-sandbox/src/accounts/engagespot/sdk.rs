//! The calls with which front ends start.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::account::EngagespotAccount;
use super::auth::require_user;
use super::tokens;
use crate::accounts::call::Call;
use crate::accounts::response::{ApiResponse, ApiResult};
use crate::provider::credentials::bearer_token;

impl EngagespotAccount {
    pub(super) fn connect(&mut self, call: &Call) -> ApiResult {
        let user = require_user(call)?;
        let kinds = ["deviceType", "browserType"].map(|name| (name, &call.body[name]));
        self.update_device(&user, call.header("x-engagespot-device-id"), &kinds);
        Ok(ApiResponse::Json(json!({
            "unreadCount": self.unread_count(&user),
            "app": {
                "id": 1, "name": "Sandbox", "categories": self.categories_view(), "channels": ["inApp", "webPush"],
                "enableWebPush": true, "hideBranding": false, "publicKey": "sandbox-vapid-public-key",
            },
        })))
    }

    /// The response is synthesised, except for the channel that the token allows.
    pub(super) fn realtime_token_request(&mut self, call: &Call) -> ApiResult {
        let user = require_user(call)?;
        let claims = bearer_token(&call.headers).and_then(|text| tokens::parse(text).ok());
        let key = claims.map_or_else(
            || call.header("x-engagespot-api-key").to_owned(),
            |token| token.api_key,
        );
        let nonce = format!("{:016}", self.next_id());
        let allowed = json!({ (format!("{key}_{user}")): ["subscribe"] });
        Ok(ApiResponse::Json(json!({
            "keyName": "sandbox.realtime",
            "clientId": user,
            "capability": allowed.to_string(),
            "timestamp": self.clock.seconds().saturating_mul(1000),
            "mac": BASE64_STANDARD.encode(format!("sandbox {nonce}")),
            "nonce": nonce,
        })))
    }
}
