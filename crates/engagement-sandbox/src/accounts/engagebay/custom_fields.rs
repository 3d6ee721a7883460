//! Custom fields.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use super::fields::{copy_fields, is_true, set_updated_time};
use crate::accounts::call::Call;
use crate::accounts::json::{integer, text, to_object};
use crate::accounts::response::{ApiResponse, ApiResult};

impl EngageBayAccount {
    pub(super) fn call_custom_fields(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "custom_fields_list" => {
                let scope = call.text("type");
                Ok(self
                    .custom_fields
                    .list(|field| text(field, "scope") == scope))
            }
            "custom_fields_create" => self.custom_fields_create(&call.body),
            "custom_fields_delete" => Ok(self.custom_fields.remove(id)),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    /// Creates a field, or changes the one whose id is given.
    fn custom_fields_create(&mut self, body: &Value) -> ApiResult {
        let label = body["field_label"].as_str().unwrap_or_default();
        let known = body
            .get("id")
            .and_then(integer)
            .and_then(|id| self.custom_fields.get(id))
            .cloned();
        let update = known.is_some();
        let scope = &body["scope"];
        let position = self
            .custom_fields
            .iter()
            .filter(|field| field.get("scope") == Some(scope))
            .count()
            + 1;
        let mut record = known.unwrap_or_else(|| {
            to_object(&json!({
                "id": self.next_id(), "field_type": "TEXT", "version": "v2", "field_label": "", "field_label_case_sensitive": "",
                "field_name": "", "field_data": "", "field_description": "", "is_required": false, "is_searchable": false,
                "saveSilent": false, "showInFilter": false, "created_time": self.clock.seconds(), "updated_time": 0,
                "scope": scope, "position": position,
            }))
        });
        copy_fields(
            &mut record,
            body,
            &[
                "field_type",
                "field_label",
                "field_description",
                "field_data",
                "scope",
            ],
        );
        record.insert("field_label_case_sensitive".into(), label.into());
        record.insert("field_name".into(), label.replace(' ', "_").into());
        for field in ["is_required", "is_searchable"] {
            if body.get(field).is_some() {
                record.insert(field.into(), is_true(body.get(field)).into());
            }
        }
        if update {
            set_updated_time(&mut record, self.clock.seconds());
        }
        let id = record.get("id").and_then(integer).unwrap_or_default();
        self.custom_fields.insert(id, record.clone());
        // This response has fewer fields than the list, and its label is in lower case.
        record.shift_remove("field_name");
        record.shift_remove("field_data");
        record.insert(
            "field_label_case_sensitive".into(),
            label.to_lowercase().into(),
        );
        Ok(ApiResponse::Json(Value::Object(record)))
    }
}
