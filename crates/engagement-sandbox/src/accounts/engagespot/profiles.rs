//! Profiles of users.

use std::slice;

use http::StatusCode;
use json_patch::PatchOperation;
use serde_json::{Value, json};

use super::account::EngagespotAccount;
use crate::accounts::json::{Object, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The largest number of operations in a patch.
const MAX_PATCH_OPERATIONS: usize = 1000;
/// The largest profile after a patch, in bytes.
const MAX_PATCHED_PROFILE: usize = 256 << 10;

/// The attributes in a body. `identifier` is not an attribute.
pub(super) fn attributes(body: &Value) -> Result<Object, ApiError> {
    let attributes = to_object(body);
    if attributes.contains_key("identifier") {
        return Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "identifier is not allowed in a profile",
        ));
    }
    Ok(attributes)
}

/// Sets attributes, and keeps the others.
pub(super) fn merge_attributes(profile: &mut Object, mut attributes: Object) {
    if let Some(Value::Object(given)) = attributes.remove("fcm") {
        let fcm = profile.entry("fcm").or_insert_with(|| json!({}));
        let mut merged = to_object(fcm);
        merged.extend(given);
        *fcm = with_token(merged);
    }
    profile.extend(attributes);
}

/// Moves `token` to the end of `tokens`, unless it is there.
fn with_token(mut fcm: Object) -> Value {
    if let Some(token) = fcm.shift_remove("token") {
        let mut tokens = fcm
            .get("tokens")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if !tokens.contains(&token) {
            tokens.push(token);
        }
        fcm.insert("tokens".into(), tokens.into());
    }
    Value::Object(fcm)
}

/// Applies a patch to a profile.
fn patched(profile: Object, operations: &[PatchOperation]) -> Result<Value, String> {
    if operations.len() > MAX_PATCH_OPERATIONS {
        return Err(format!(
            "a patch has at most {MAX_PATCH_OPERATIONS} operations"
        ));
    }
    let mut profile = Value::Object(profile);
    for (index, operation) in operations.iter().enumerate() {
        json_patch::patch(&mut profile, slice::from_ref(operation))
            .map_err(|why| format!("operation {index} at `{}`: {}", why.path, why.kind))?;
        // A few operations that copy the profile into itself would exhaust memory or stack.
        let text = profile.to_string();
        if text.len() > MAX_PATCHED_PROFILE || serde_json::from_str::<Value>(&text).is_err() {
            return Err(format!(
                "operation {index}: the profile grows too large or deep"
            ));
        }
    }
    if profile.is_object() {
        Ok(profile)
    } else {
        Err("the patched profile must be an object".to_owned())
    }
}

impl EngagespotAccount {
    pub(super) fn profile_get(&self, user: &str) -> ApiResponse {
        let profile = self.users.get(user).map(|user| user.profile.clone());
        ApiResponse::Json(profile.unwrap_or_default().into())
    }

    pub(super) fn profile_update(&mut self, user: &str, body: &Value) -> ApiResult {
        self.upsert(user, attributes(body)?);
        Ok(ApiResponse::Empty)
    }

    /// Applies a JSON Patch completely or not at all. An object is merged.
    pub(super) fn profile_patch(&mut self, user: &str, body: &Value) -> ApiResult {
        if !body.is_array() {
            return self.profile_update(user, body);
        }
        let operations: Vec<PatchOperation> = serde_json::from_value(body.clone())
            .map_err(|why| bad_request(format!("the body is not a JSON Patch: {why}")))?;
        let current = self.users.get(user).map(|user| user.profile.clone());
        let profile = patched(current.unwrap_or_default(), &operations).map_err(bad_request)?;
        let mut profile = attributes(&profile)?;
        if let Some(fcm @ Value::Object(_)) = profile.get_mut("fcm") {
            *fcm = with_token(to_object(fcm));
        }
        self.user_mut(user).profile = profile;
        Ok(ApiResponse::Empty)
    }
}
