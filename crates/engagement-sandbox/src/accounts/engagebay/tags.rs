//! Tags of the account and of records.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use crate::accounts::call::Call;
use crate::accounts::json::Object;
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The names of tags, which are text or `{"tag": name}`.
pub(super) fn tag_names(tags: &Value) -> Vec<String> {
    let name = |tag: &Value| {
        tag.as_str()
            .or_else(|| tag.get("tag")?.as_str())
            .map(str::to_owned)
    };
    tags.as_array()
        .into_iter()
        .flatten()
        .filter_map(name)
        .collect()
}

/// Checks the names of tags by the provider's rule.
pub(super) fn check_tag_names(names: &[String]) -> Result<(), ApiError> {
    let valid = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ' ')
    };
    match names.iter().find(|name| !valid(name)) {
        None => Ok(()),
        Some(name) => Err(bad_request(format!(
            "Invalid tag name `{name}`: start with a letter, followed by letters, digits, underscores and spaces"
        ))),
    }
}

/// Adds tags to a record, with the time in seconds since 1970.
pub(super) fn add_tags(record: &mut Object, names: &[String], now: i64) {
    if let Value::Array(tags) = record.entry("tags").or_insert_with(|| json!([])) {
        for name in names {
            if !tags.iter().any(|tag| tag["tag"] == json!(name)) {
                tags.push(json!({ "tag": name, "assigned_time": now }));
            }
        }
    }
}

/// Removes tags from a record. Tags that it doesn't have are ignored.
pub(super) fn remove_tags(record: &mut Object, names: &[String]) {
    if let Some(Value::Array(tags)) = record.get_mut("tags") {
        tags.retain(|tag| !names.iter().any(|name| tag["tag"] == json!(name)));
    }
}

impl EngageBayAccount {
    pub(super) fn call_tags(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "tags_list" => {
                let view =
                    |(tag, time): &(String, i64)| json!({ "tag": tag, "created_time": time });
                Ok(ApiResponse::Json(self.tags.iter().map(view).collect()))
            }
            "tags_create" => {
                let names = tag_names(&json!([call.body]));
                check_tag_names(&names)?;
                self.register_tags(&names);
                Ok(ApiResponse::Empty)
            }
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    /// Adds tags to the account. Existing ones are not changed.
    pub(super) fn register_tags(&mut self, names: &[String]) {
        for name in names {
            if !self.tags.iter().any(|(known, _)| known == name) {
                self.tags.push((name.clone(), self.clock.seconds()));
            }
        }
    }
}
