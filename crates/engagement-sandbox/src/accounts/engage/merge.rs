//! Merging users.

use serde_json::{Value, json};

use super::account::EngageAccount;
use super::fields::array_mut;
use super::responses::queued;
use super::users::MAX_DEVICES;
use crate::accounts::json::Object;
use crate::accounts::response::ApiResponse;

/// Adds to a user what another one has and it lacks.
fn merge_records(target: &mut Object, source: &Object) {
    for field in ["first_name", "last_name", "email", "number"] {
        if target.get(field).is_none_or(Value::is_null) {
            target.insert(field.into(), source.get(field).cloned().unwrap_or_default());
        }
    }
    if let (Some(Value::Object(meta)), Some(Value::Object(known))) =
        (source.get("meta"), target.get_mut("meta"))
    {
        for (name, value) in meta {
            known.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    for (field, id) in [("lists", "id"), ("accounts", "id"), ("devices", "token")] {
        let added = source
            .get(field)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let elements = array_mut(target, field);
        for element in added {
            if !elements.iter().any(|known| known[id] == element[id]) {
                elements.push(element);
            }
        }
    }
    let devices = array_mut(target, "devices");
    let excess = devices.len().saturating_sub(MAX_DEVICES);
    devices.drain(..excess);
}

impl EngageAccount {
    /// Merges immediately, the provider later. As there, an unknown source is no error.
    pub(super) fn users_merge(&mut self, body: &Value) -> ApiResponse {
        let uid = |field: &str| body[field].as_str().unwrap_or_default();
        let (source, destination) = (uid("source"), uid("destination"));
        if source == destination {
            return queued();
        }
        let Some(id) = self.uids.get(source).cloned() else {
            return queued();
        };
        let Some(source_record) = self.remove_user(&id) else {
            return queued();
        };
        let kept = match self.uids.get(destination) {
            Some(id) => id.clone(),
            None => self.add_user(destination, false),
        };
        for event in self
            .events
            .iter_mut()
            .filter(|event| event["uid"] == json!(source))
        {
            event["uid"] = json!(destination);
        }
        self.remove_from_index(&kept);
        merge_records(self.user_mut(&kept), &source_record);
        self.add_to_index(&kept);
        queued()
    }
}
