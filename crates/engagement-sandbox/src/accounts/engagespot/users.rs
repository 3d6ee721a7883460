//! Users and their profiles.

use std::collections::BTreeMap;
use std::slice;

use http::StatusCode;
use json_patch::PatchOperation;
use serde_json::{Value, json};

use super::State;
use crate::accounts::call::{Outcome, Refused, Reply, bad, missing, refused};
use crate::accounts::values::{Row, items, members};

/// How many operations a patch of a profile may have.
const MOST_OPERATIONS: usize = 1000;
/// How many bytes a profile may have after a patch.
const LARGEST_PATCHED: usize = 256 << 10;

/// A user of the app.
#[derive(Default)]
pub(super) struct User {
    pub(super) profile: Row,
    /// By category, what was set for which channel.
    pub(super) preferences: BTreeMap<i64, Vec<(String, bool)>>,
    /// By id, what is known of a device.
    pub(super) devices: BTreeMap<String, Row>,
}

/// The attributes in a body; `identifier` is none.
fn attributes(body: &Value) -> Result<Row, Refused> {
    let attributes = members(body);
    if attributes.contains_key("identifier") {
        return Err(refused(
            StatusCode::UNPROCESSABLE_ENTITY,
            "identifier is not allowed in a profile",
        ));
    }
    Ok(attributes)
}

/// Sets attributes and keeps the others.
fn merge(profile: &mut Row, mut attributes: Row) {
    if let Some(Value::Object(given)) = attributes.remove("fcm") {
        let fcm = profile.entry("fcm").or_insert_with(|| json!({}));
        let mut both = members(fcm);
        both.extend(given);
        *fcm = with_token(both);
    }
    profile.extend(attributes);
}

/// Moves `token` to the end of `tokens`.
fn with_token(mut fcm: Row) -> Value {
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

/// A profile after all operations, or what is wrong with one.
fn patched(profile: Row, operations: &[PatchOperation]) -> Result<Value, String> {
    if operations.len() > MOST_OPERATIONS {
        return Err(format!("a patch has {MOST_OPERATIONS} operations at most"));
    }
    let mut profile = Value::Object(profile);
    for (at, operation) in operations.iter().enumerate() {
        json_patch::patch(&mut profile, slice::from_ref(operation))
            .map_err(|why| format!("operation {at} at `{}`: {}", why.path, why.kind))?;
        // A few copies of the whole into itself would outgrow any memory or stack.
        let text = profile.to_string();
        if text.len() > LARGEST_PATCHED || serde_json::from_str::<Value>(&text).is_err() {
            return Err(format!(
                "operation {at}: the profile grows too large or deep"
            ));
        }
    }
    if profile.is_object() {
        Ok(profile)
    } else {
        Err("the patched profile must be an object".to_owned())
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        let odd = |c: char| c.is_whitespace() || c == '@';
        !name.is_empty() && !name.contains(odd) && host.contains('.') && !host.contains(odd)
    })
}

impl State {
    /// The user with an identifier, made if need be.
    pub(super) fn user(&mut self, identifier: &str) -> &mut User {
        self.users.entry(identifier.to_owned()).or_insert_with(|| {
            let mut user = User::default();
            if is_email(identifier) {
                user.profile.insert("email".into(), identifier.into());
            }
            user
        })
    }

    /// Makes a user or sets attributes of one.
    pub(super) fn upsert(&mut self, identifier: &str, attributes: Row) {
        merge(&mut self.user(identifier).profile, attributes);
    }

    pub(super) fn users_create(&mut self, body: &Value) -> Outcome {
        let identifier = body["identifier"].as_str().unwrap_or_default();
        if identifier.is_empty() {
            return Err(bad("identifier should not be empty"));
        }
        self.upsert(identifier, attributes(&body["profile"])?);
        Ok(Reply::Json(json!({ "identifier": identifier })))
    }

    pub(super) fn users_create_or_update(&mut self, identifier: &str, body: &Value) -> Outcome {
        self.upsert(identifier, attributes(body)?);
        Ok(Reply::Json(json!({ "identifier": identifier })))
    }

    pub(super) fn users_delete(&mut self, identifier: &str) -> Outcome {
        if self.users.remove(identifier).is_none() {
            return Err(missing("User not found"));
        }
        self.notifications
            .retain(|_, notification| notification.user != identifier);
        for topic in self.topics.values_mut() {
            topic.subscribers.remove(identifier);
        }
        Ok(Reply::Done)
    }

    pub(super) fn profile_get(&self, user: &str) -> Reply {
        let profile = self.users.get(user).map(|user| user.profile.clone());
        Reply::Json(profile.unwrap_or_default().into())
    }

    pub(super) fn profile_update(&mut self, user: &str, body: &Value) -> Outcome {
        self.upsert(user, attributes(body)?);
        Ok(Reply::Done)
    }

    /// A list of operations is applied as a whole or not at all.
    pub(super) fn profile_patch(&mut self, user: &str, body: &Value) -> Outcome {
        if !body.is_array() {
            return self.profile_update(user, body);
        }
        let operations: Vec<PatchOperation> = serde_json::from_value(body.clone())
            .map_err(|why| bad(format!("the body is no JSON Patch: {why}")))?;
        let before = self.users.get(user).map(|user| user.profile.clone());
        let profile = patched(before.unwrap_or_default(), &operations).map_err(bad)?;
        let mut profile = attributes(&profile)?;
        if let Some(fcm @ Value::Object(_)) = profile.get_mut("fcm") {
            *fcm = with_token(members(fcm));
        }
        self.user(user).profile = profile;
        Ok(Reply::Done)
    }

    /// Those of a body's users that are registered; the others are noted.
    pub(super) fn registered(&mut self, user: &Value, place: &str) -> Option<String> {
        let identifier = user.as_str().unwrap_or_default();
        if self.users.contains_key(identifier) {
            return Some(identifier.to_owned());
        }
        self.dropped
            .push(format!("{place}: no user `{identifier}` is registered"));
        None
    }

    /// The devices of a user, each with its id.
    pub(crate) fn devices(&self, user: &str) -> Vec<Value> {
        let devices = self.users.get(user).map(|user| user.devices.values());
        devices
            .into_iter()
            .flatten()
            .map(|device| Value::Object(device.clone()))
            .collect()
    }
}

/// The texts in an array under a key.
pub(super) fn texts(body: &Value, key: &str) -> Vec<String> {
    items(body, key)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
