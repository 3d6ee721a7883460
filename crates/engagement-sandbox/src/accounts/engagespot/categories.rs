//! Categories of notifications.

use http::StatusCode;
use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::time::now;
use crate::accounts::json::{text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request, not_found};

impl EngagespotAccount {
    fn find_category(&self, identifier: &str) -> Option<i64> {
        let mut all = self.categories.iter();
        all.find(|(_, record)| text(record, "identifier") == identifier)
            .map(|(&id, _)| id)
    }

    fn add_category(&mut self, identifier: &str, name: &str) -> i64 {
        let id = self.next_id();
        let now = now(&self.clock);
        let record = to_object(&json!({
            "id": id, "name": name, "identifier": identifier, "hideInInApp": false,
            "hideInPreferenceManager": false, "createdAt": now, "updatedAt": now,
        }));
        self.categories.insert(id, record);
        id
    }

    /// The category that a send names, which is created if it is missing.
    pub(super) fn category_for_send(&mut self, identifier: &str) -> i64 {
        self.find_category(identifier)
            .unwrap_or_else(|| self.add_category(identifier, identifier))
    }

    /// All categories as the API returns them.
    pub(super) fn categories_view(&self) -> Value {
        let all = self.categories.values().cloned();
        all.map(Value::Object).collect()
    }

    /// A category as notifications contain it.
    pub(super) fn category_summary(&self, id: i64) -> Value {
        let Some(record) = self.categories.get(&id) else {
            return Value::Null;
        };
        json!({ "id": id, "identifier": text(record, "identifier"), "name": text(record, "name") })
    }

    pub(super) fn categories_create(&mut self, body: &Value) -> ApiResult {
        let given = |field: &str| body[field].as_str().unwrap_or_default();
        let (identifier, name) = (given("identifier"), given("name"));
        if identifier.is_empty() {
            return Err(bad_request("identifier should not be empty"));
        }
        if self.find_category(identifier).is_some() {
            let message = "a category with this identifier exists already";
            return Err(ApiError::new(StatusCode::CONFLICT, message));
        }
        let id = self.add_category(identifier, name);
        Ok(ApiResponse::Json(
            json!({ "id": id, "name": name, "identifier": identifier }),
        ))
    }

    pub(super) fn categories_delete(&mut self, id: i64) -> ApiResult {
        if self.categories.remove(&id).is_none() {
            return Err(not_found("Category not found"));
        }
        for user in self.users.values_mut() {
            user.preferences.remove(&id);
        }
        Ok(ApiResponse::Empty)
    }
}
