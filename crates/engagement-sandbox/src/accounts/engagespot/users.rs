//! Users.

use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::model::User;
use super::profiles::{attributes, merge_attributes};
use crate::accounts::json::Object;
use crate::accounts::response::{ApiResponse, ApiResult, bad_request, not_found};
use crate::accounts::shared::Shared;

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| {
        let invalid = |c: char| c.is_whitespace() || c == '@';
        !name.is_empty() && !name.contains(invalid) && host.contains('.') && !host.contains(invalid)
    })
}

impl EngagespotAccount {
    /// The user with an identifier, who is created if missing.
    pub(super) fn user_mut(&mut self, identifier: &str) -> &mut User {
        self.users.entry(identifier.to_owned()).or_insert_with(|| {
            let mut user = User::default();
            if is_email(identifier) {
                user.profile.insert("email".into(), identifier.into());
            }
            Shared::new(user)
        })
    }

    /// Creates a user, or sets attributes of an existing one.
    pub(super) fn upsert(&mut self, identifier: &str, attributes: Object) {
        merge_attributes(&mut self.user_mut(identifier).profile, attributes);
    }

    pub(super) fn users_create(&mut self, body: &Value) -> ApiResult {
        let identifier = body["identifier"].as_str().unwrap_or_default();
        if identifier.is_empty() {
            return Err(bad_request("identifier should not be empty"));
        }
        self.upsert(identifier, attributes(&body["profile"])?);
        Ok(ApiResponse::Json(json!({ "identifier": identifier })))
    }

    pub(super) fn users_create_or_update(&mut self, identifier: &str, body: &Value) -> ApiResult {
        self.upsert(identifier, attributes(body)?);
        Ok(ApiResponse::Json(json!({ "identifier": identifier })))
    }

    pub(super) fn users_delete(&mut self, identifier: &str) -> ApiResult {
        if self.users.remove(identifier).is_none() {
            return Err(not_found("User not found"));
        }
        self.notifications
            .retain(|_, notification| notification.user != identifier);
        for topic in self.topics.values_mut() {
            topic.subscribers.remove(identifier);
        }
        Ok(ApiResponse::Empty)
    }

    /// The identifier of a registered user. An unknown one is dropped and listed with its path in the body.
    pub(super) fn registered_user(&mut self, user: &Value, path: &str) -> Option<String> {
        let identifier = user.as_str().unwrap_or_default();
        if self.users.contains_key(identifier) {
            return Some(identifier.to_owned());
        }
        self.dropped
            .push(format!("{path}: no user `{identifier}` is registered"));
        None
    }
}
