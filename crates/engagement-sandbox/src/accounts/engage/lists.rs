//! Lists and their subscribers.

use serde_json::{Value, json};

use super::account::EngageAccount;
use super::pagination::page;
use super::responses::ok;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};
use crate::accounts::shared::Shared;

/// The fields of a list that a body can set.
const SETTINGS: [&str; 4] = ["title", "description", "redirect_url", "double_optin"];

fn copy_settings(record: &mut Object, body: &Value) {
    for field in SETTINGS {
        if let Some(value) = body.get(field) {
            record.insert(field.into(), value.clone());
        }
    }
}

fn is_archived(record: &Object) -> bool {
    record.get("archived") == Some(&Value::Bool(true))
}

impl EngageAccount {
    pub(super) fn list(&self, id: &str) -> Result<&Object, ApiError> {
        self.lists
            .get(id)
            .map(|list| &**list)
            .ok_or_else(|| not_found(format!("List {id} not found")))
    }

    /// A list that accepts subscribers.
    pub(super) fn open_list(&self, id: &str) -> Result<&Object, ApiError> {
        let list = self.list(id)?;
        if is_archived(list) {
            Err(bad_request(format!(
                "List {id} is archived and accepts no subscribers"
            )))
        } else {
            Ok(list)
        }
    }

    /// A list as the API returns it.
    pub(super) fn list_view(&self, record: &Object) -> Value {
        let id = json!(text(record, "id"));
        let is_subscribed = |user: &&Shared<Object>| {
            let mut lists = user
                .get("lists")
                .and_then(Value::as_array)
                .into_iter()
                .flatten();
            lists.any(|list| list["id"] == id && list["subscribed"] == json!(true))
        };
        let mut record = record.clone();
        record.remove("archived");
        record.insert(
            "subscriber_count".into(),
            self.users.values().filter(is_subscribed).count().into(),
        );
        Value::Object(record)
    }

    pub(super) fn lists_create(&mut self, body: &Value) -> ApiResponse {
        let id = self.next_id();
        let mut record = to_object(&json!({
            "id": id, "title": "", "description": null, "subscriber_count": 0, "broadcast_count": 0,
            "double_optin": false, "redirect_url": null, "created_at": format!("{}Z", self.clock.iso()),
        }));
        copy_settings(&mut record, body);
        self.lists.insert(id, Shared::new(record.clone()));
        ApiResponse::Json(self.list_view(&record))
    }

    pub(super) fn lists_list(&self, call: &Call) -> ApiResult {
        page(
            &self.lists,
            call,
            self.without_cursors,
            |record| !is_archived(record),
            |record| self.list_view(record),
        )
    }

    pub(super) fn lists_update(&mut self, id: &str, body: &Value) -> ApiResult {
        self.list(id)?;
        let record = self.lists.entry(id.to_owned()).or_default();
        copy_settings(record, body);
        let record = record.clone();
        Ok(ApiResponse::Json(self.list_view(&record)))
    }

    pub(super) fn lists_archive(&mut self, id: &str) -> ApiResult {
        self.list(id)?;
        self.lists
            .entry(id.to_owned())
            .or_default()
            .insert("archived".into(), true.into());
        Ok(ok())
    }

    /// Subscribes the user with the e-mail address or the number of a body, which is created if it is missing.
    fn subscribe(&mut self, list: &str, body: &Value) -> Result<String, ApiError> {
        self.open_list(list)?;
        let given = |field: &str| {
            body.get(field).is_some_and(|value| {
                value.is_number() || value.as_str().is_some_and(|text| !text.is_empty())
            })
        };
        if !given("email") && !given("number") {
            return Err(bad_request("`email` or `number` is required"));
        }
        let known = self.matching_users(body).next().cloned();
        let id = match known {
            Some(id) => id,
            None => {
                let uid = format!("{:x}", 0xe000_0000_u64 + self.next_id);
                self.add_user(&uid, true)
            }
        };
        let mut body = to_object(body);
        // Other fields of a body or form are ignored.
        body.retain(|field, _| {
            [
                "first_name",
                "last_name",
                "email",
                "number",
                "created_at",
                "meta",
            ]
            .contains(&field.as_str())
        });
        body.insert("lists".into(), json!([list]));
        self.update_user(&id, &Value::Object(body));
        Ok(text(self.user_mut(&id), "uid").to_owned())
    }

    pub(super) fn lists_subscribe(&mut self, list: &str, body: &Value) -> ApiResult {
        let uid = self.subscribe(list, body)?;
        Ok(ApiResponse::Json(json!({ "uid": uid })))
    }

    /// Subscribes through the public form. Fields that a user doesn't have are stored in `meta`.
    pub(super) fn submit_form(&mut self, list: &str, body: &Value) -> ApiResult {
        let (own, meta): (Object, Object) = to_object(body).into_iter().partition(|(field, _)| {
            ["first_name", "last_name", "email", "number"].contains(&field.as_str())
        });
        let mut body = Value::Object(own);
        body["meta"] = Value::Object(meta);
        self.subscribe(list, &body)?;
        Ok(ApiResponse::Empty)
    }

    pub(super) fn lists_update_subscriber(
        &mut self,
        list: &str,
        uid: &str,
        body: &Value,
    ) -> ApiResult {
        let id = self.user_id(uid)?;
        let subscribed = body["subscribed"] == json!(true);
        if subscribed {
            self.open_list(list)?;
        } else {
            self.list(list)?;
        }
        self.set_subscription(&id, list, subscribed);
        Ok(ApiResponse::Json(json!({ "subscribed": subscribed })))
    }

    fn set_subscription(&mut self, id: &str, list: &str, subscribed: bool) {
        let entry = json!({ "id": list, "subscribed": subscribed });
        if let Value::Array(lists) = self
            .user_mut(id)
            .entry("lists")
            .or_insert_with(|| json!([]))
        {
            match lists.iter_mut().find(|known| known["id"] == json!(list)) {
                Some(known) => *known = entry,
                None => lists.push(entry),
            }
        }
    }

    pub(super) fn lists_remove_subscriber(&mut self, list: &str, uid: &str) -> ApiResult {
        self.list(list)?;
        let id = self.user_id(uid)?;
        if let Some(Value::Array(lists)) = self.user_mut(&id).get_mut("lists") {
            lists.retain(|known| known["id"] != json!(list));
        }
        Ok(ok())
    }
}
