//! Tasks.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use super::fields::{copy_fields, set_updated_time};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, integer, text, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The fields of a task that are copied from a body.
const TASK_FIELDS: [&str; 16] = [
    "name",
    "description",
    "type",
    "task_milestone",
    "task_priority",
    "is_due",
    "queue_id",
    "contact_ids",
    "company_ids",
    "deal_ids",
    "task_ids",
    "subscribers",
    "companies",
    "deals",
    "name_sort",
    "entiy_group_name",
];

impl EngageBayAccount {
    pub(super) fn call_tasks(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "tasks_list" => self.tasks_list(&call.body),
            "tasks_get" => Ok(self.tasks.response(id)),
            "tasks_create" => self.tasks_create(&call.body),
            "tasks_update" => self.tasks_update(&call.body),
            "tasks_delete" => Ok(self.tasks.remove(id)),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn tasks_list(&self, body: &Value) -> ApiResult {
        let requested = |field: &str| body.get(field).and_then(Value::as_str);
        let status = requested("taskStatus");
        let kind = requested("taskType").filter(|kind| *kind != "ALL");
        let filter = |task: &Object| {
            status.is_none_or(|status| text(task, "task_milestone") == status)
                && kind.is_none_or(|kind| text(task, "type") == kind)
        };
        self.tasks.page(body, filter, Object::clone)
    }

    /// Sets the fields of a task that a body has.
    fn apply_task(record: &mut Object, body: &Value) -> Result<(), ApiError> {
        copy_fields(record, body, &TASK_FIELDS);
        if let Some(closed) = body.get("closed_date") {
            let closed = integer(closed).ok_or_else(|| {
                bad_request("`closed_date` must be seconds since 1970, as number or text")
            })?;
            record.insert("closed_date".into(), closed.into());
        }
        if body.get("name").is_some() && body.get("name_sort").is_none() {
            let name_sort = text(record, "name").to_lowercase();
            record.insert("name_sort".into(), name_sort.into());
        }
        Ok(())
    }

    fn tasks_create(&mut self, body: &Value) -> ApiResult {
        let owner = self.owner(body.get("owner_id").and_then(integer));
        let mut record = to_object(&json!({
            "id": 0, "owner_id": owner["id"], "entiy_group_name": "task", "is_due": false, "name": "", "description": "",
            "name_sort": "", "type": "TODO", "created_time": self.clock.seconds(), "updated_time": 0, "closed_date": 0,
            "task_milestone": "not_started", "task_priority": "MEDIUM", "queue_id": 0, "owner": owner,
            "contact_ids": [], "company_ids": [], "deal_ids": [], "task_ids": [], "subscribers": [], "companies": [], "deals": [],
        }));
        Self::apply_task(&mut record, body)?;
        let id = self.next_id();
        record.insert("id".into(), id.into());
        Ok(ApiResponse::Json(self.tasks.insert(id, record)))
    }

    fn tasks_update(&mut self, body: &Value) -> ApiResult {
        let owner = body
            .get("owner_id")
            .and_then(integer)
            .map(|id| self.owner(Some(id)));
        let record = self
            .tasks
            .require_mut(integer(&body["id"]).unwrap_or_default())?;
        let mut changed = record.clone();
        Self::apply_task(&mut changed, body)?;
        if let Some(owner) = owner {
            changed.insert("owner_id".into(), owner["id"].clone());
            changed.insert("owner".into(), owner);
        }
        set_updated_time(&mut changed, self.clock.seconds());
        record.clone_from(&changed);
        Ok(ApiResponse::Json(Value::Object(changed)))
    }
}
