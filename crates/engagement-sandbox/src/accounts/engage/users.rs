//! Users, which are customers or accounts.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::account::EngageAccount;
use super::fields::{array_mut, is_true, set_by_id};
use super::index::number_text;
use super::pagination::page;
use super::responses::ok;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};
use crate::accounts::shared::Shared;

/// The number of devices that a user keeps.
pub(super) const MAX_DEVICES: usize = 5;

/// Adds a device to a user. The oldest ones are removed beyond the limit.
fn add_device(user: &mut Object, token: &str, platform: &Value) {
    let devices = array_mut(user, "devices");
    devices.retain(|device| device["token"] != json!(token));
    devices.push(json!({ "token": token, "platform": platform }));
    let excess = devices.len().saturating_sub(MAX_DEVICES);
    devices.drain(..excess);
}

impl EngageAccount {
    /// The id of the user with a uid, or 404.
    pub(super) fn user_id(&self, uid: &str) -> Result<String, ApiError> {
        self.uids
            .get(uid)
            .cloned()
            .ok_or_else(|| not_found(format!("User {uid} not found")))
    }

    /// The record of a user, which is created if it is missing.
    pub(super) fn user_mut(&mut self, id: &str) -> &mut Object {
        self.users.entry(id.to_owned()).or_default()
    }

    /// The uid of the user with an id; empty if there is none.
    pub(super) fn uid_of(&self, id: &str) -> String {
        self.users
            .get(id)
            .map(|record| text(record, "uid").to_owned())
            .unwrap_or_default()
    }

    /// A user as the API returns it.
    pub(super) fn user_view(&self, record: &Object) -> Value {
        let mut record = record.clone();
        let members = if is_true(&record, "is_account") {
            let uid = json!(text(&record, "uid"));
            let is_member = |user: &&Shared<Object>| {
                user.get("accounts")
                    .and_then(Value::as_array)
                    .is_some_and(|ids| ids.iter().any(|one| one["id"] == uid))
            };
            json!(self.users.values().filter(is_member).count())
        } else {
            Value::Null
        };
        record.insert("member_count".into(), members);
        Value::Object(record)
    }

    /// The response with a user.
    pub(super) fn user_response(&self, id: &str) -> ApiResponse {
        ApiResponse::Json(
            self.users
                .get(id)
                .map(|record| self.user_view(record))
                .unwrap_or_default(),
        )
    }

    /// Creates a user without attributes, and returns its id.
    pub(super) fn add_user(&mut self, uid: &str, uid_updateable: bool) -> String {
        let id = self.next_id();
        let mut record = to_object(&json!({
            "id": id, "uid": uid, "first_name": null, "last_name": null, "email": null, "number": null,
            "devices": [], "accounts": [], "is_account": false, "member_count": null, "archived": false,
            "lists": [], "segments": [], "meta": {}, "created_at": format!("{}+00:00", self.clock.iso()), "last_interaction": null,
            "stats": { "delivered": 0, "failed": 0, "opened": 0, "clicked": 0, "unique_opens": 0, "unique_clicks": 0 },
        }));
        if uid_updateable {
            record.insert("uid_updateable".into(), true.into());
        }
        self.users.insert(id.clone(), Shared::new(record));
        self.uids.insert(uid.to_owned(), id.clone());
        id
    }

    /// Checks that the lists and accounts of a body exist.
    pub(super) fn check_references(&self, body: &Value) -> Result<(), ApiError> {
        for id in array(body, "lists").iter().filter_map(Value::as_str) {
            self.open_list(id)
                .map_err(|error| bad_request(error.message))?;
        }
        for account in array(body, "accounts")
            .iter()
            .filter_map(|account| account["id"].as_str())
        {
            self.account_id(account)
                .map_err(|error| bad_request(error.message))?;
        }
        Ok(())
    }

    /// Changes a user: fields of the body overwrite its own, and `meta` is merged.
    pub(super) fn update_user(&mut self, id: &str, body: &Value) {
        let accounts: Vec<(String, Value)> = array(body, "accounts")
            .iter()
            .filter_map(|account| {
                Some((
                    self.account_id(account["id"].as_str()?).ok()?,
                    account["role"].clone(),
                ))
            })
            .collect();
        let accounts: Vec<(String, Value)> = accounts
            .into_iter()
            .map(|(id, role)| (self.uid_of(&id), role))
            .collect();
        self.remove_from_index(id);
        let record = self.user_mut(id);
        for field in [
            "first_name",
            "last_name",
            "email",
            "is_account",
            "created_at",
        ] {
            if let Some(value) = body.get(field) {
                record.insert(field.into(), value.clone());
            }
        }
        if let Some(number) = body.get("number") {
            record.insert("number".into(), number_text(number));
        }
        if let (Some(meta), Value::Object(known)) = (
            body.get("meta").and_then(Value::as_object),
            record.entry("meta").or_insert_with(|| json!({})),
        ) {
            known.extend(meta.clone());
        }
        if let Some(token) = body.get("device_token").and_then(Value::as_str) {
            add_device(record, token, &body["device_platform"]);
        }
        for list in array(body, "lists").iter().filter_map(Value::as_str) {
            set_by_id(
                record,
                "lists",
                list,
                &json!({ "id": list, "subscribed": true }),
            );
        }
        for (account, role) in accounts {
            set_by_id(
                record,
                "accounts",
                &account,
                &json!({ "id": account, "role": role }),
            );
        }
        self.add_to_index(id);
    }

    pub(super) fn users_create(&mut self, body: &Value) -> ApiResult {
        let uid = body["id"].as_str().unwrap_or_default();
        if uid.is_empty() {
            return Err(bad_request(
                "`id` is empty: give the user the id it has in your application",
            ));
        }
        if self.uids.contains_key(uid) {
            return Err(bad_request(format!(
                "User {uid} exists already: update it with PUT /users/{{uid}}"
            )));
        }
        self.check_references(body)?;
        let id = self.add_user(uid, false);
        self.update_user(&id, body);
        Ok(self.user_response(&id))
    }

    pub(super) fn users_update(&mut self, uid: &str, body: &Value) -> ApiResult {
        self.check_references(body)?;
        let id = match self.uids.get(uid) {
            Some(id) => id.clone(),
            None => self
                .claim(uid, body)
                .unwrap_or_else(|| self.add_user(uid, false)),
        };
        self.update_user(&id, body);
        let record = self.user_mut(&id);
        record.remove("uid_updateable");
        Ok(self.user_response(&id))
    }

    /// Sets the uid of a user with the same address or number that the application has not named yet.
    fn claim(&mut self, uid: &str, body: &Value) -> Option<String> {
        let updateable = |id: &&String| {
            self.users
                .get(*id)
                .is_some_and(|record| is_true(record, "uid_updateable"))
        };
        let id = self.matching_users(body).find(updateable)?.clone();
        let old_uid = self.uid_of(&id);
        self.uids.remove(&old_uid);
        self.uids.insert(uid.to_owned(), id.clone());
        self.user_mut(&id).insert("uid".into(), uid.into());
        Some(id)
    }

    /// Removes a user, and returns its record.
    pub(super) fn remove_user(&mut self, id: &str) -> Option<Object> {
        self.remove_from_index(id);
        let record = self.users.remove(id)?.into_inner();
        self.uids.remove(text(&record, "uid"));
        Some(record)
    }

    pub(super) fn users_delete(&mut self, uid: &str) -> ApiResult {
        let id = self.user_id(uid)?;
        self.remove_user(&id);
        self.events.retain(|event| event["uid"] != json!(uid));
        Ok(ok())
    }

    pub(super) fn users_list(&self, call: &Call) -> ApiResult {
        let email = call.parameters.get("email");
        let lists = call
            .parameters
            .get("lists[]")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let has_list = |record: &Object, list: &Value| {
            record
                .get("lists")
                .and_then(Value::as_array)
                .is_some_and(|ids| ids.iter().any(|one| one["id"] == *list))
        };
        let filter = |record: &Object| {
            email.is_none_or(|email| record.get("email") == Some(email))
                && (lists.is_empty() || lists.iter().any(|list| has_list(record, list)))
        };
        page(&self.users, call, self.without_cursors, filter, |record| {
            self.user_view(record)
        })
    }

    pub(super) fn users_delete_attribute(&mut self, uid: &str, attribute: &str) -> ApiResult {
        let id = self.user_id(uid)?;
        if let Some(Value::Object(meta)) = self.user_mut(&id).get_mut("meta") {
            meta.shift_remove(attribute);
        }
        Ok(self.user_response(&id))
    }

    pub(super) fn users_delete_device_token(&mut self, uid: &str, token: &str) -> ApiResult {
        let id = self.user_id(uid)?;
        array_mut(self.user_mut(&id), "devices").retain(|device| device["token"] != json!(token));
        Ok(ok())
    }

    pub(super) fn users_archive(&mut self, uid: &str) -> ApiResult {
        let id = self.user_id(uid)?;
        self.user_mut(&id).insert("archived".into(), true.into());
        Ok(ok())
    }

    pub(super) fn users_convert(&mut self, uid: &str, body: &Value) -> ApiResult {
        let id = self.user_id(uid)?;
        let is_account = match body["type"].as_str() {
            Some("account") => true,
            Some("customer") => false,
            _ => return Err(bad_request("`type` must be customer or account")),
        };
        self.user_mut(&id)
            .insert("is_account".into(), is_account.into());
        Ok(self.user_response(&id))
    }

    pub(super) fn users_set_lists(&mut self, uid: &str, body: &Value, add: bool) -> ApiResult {
        let id = self.user_id(uid)?;
        if add {
            self.check_references(body)?;
            self.update_user(&id, &json!({ "lists": body["lists"] }));
        } else {
            let removed: Vec<&Value> = array(body, "lists").iter().collect();
            array_mut(self.user_mut(&id), "lists").retain(|list| !removed.contains(&&list["id"]));
        }
        Ok(self.user_response(&id))
    }

    /// The names of the fields in the `meta` of all users.
    pub(super) fn attributes_list(&self) -> ApiResponse {
        let metas = self
            .users
            .values()
            .filter_map(|record| record.get("meta")?.as_object());
        let names: BTreeSet<&String> = metas.flat_map(|meta| meta.keys()).collect();
        ApiResponse::Json(
            names
                .into_iter()
                .map(|name| json!({ "id": name, "name": name }))
                .collect(),
        )
    }
}
