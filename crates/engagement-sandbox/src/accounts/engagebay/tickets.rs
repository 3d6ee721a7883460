//! Tickets.

use serde_json::{Value, json};

use super::account::{EngageBayAccount, INCOMPLETE};
use super::fields::{copy_fields, user_summary};
use super::properties::merge_properties;
use super::tags::{add_tags, tag_names};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, integer, to_object};
use crate::accounts::response::{ApiResponse, ApiResult, bad_request};

impl EngageBayAccount {
    pub(super) fn call_tickets(&mut self, operation: &str, call: &Call) -> ApiResult {
        let id = call.id("id");
        match operation {
            "tickets_list" => self.tickets.page(&call.body, |_| true, Object::clone),
            "tickets_get" | "tickets_get_alt" => Ok(self.tickets.response(id)),
            "tickets_create" => self.tickets_create(&call.body),
            "tickets_delete" => Ok(self.tickets.remove(id)),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn tickets_create(&mut self, body: &Value) -> ApiResult {
        let given = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
        let (name, email) = (given("requester_name"), given("requester_email"));
        let group = integer(&body["group_id"]).ok_or_else(|| {
            bad_request("`group_id` must be the id of a group, as number or text")
        })?;
        if email.is_empty() {
            return Err(bad_request(INCOMPLETE));
        }
        if self.contact_by_email(email).is_err() {
            let properties =
                json!([{ "name": "name", "value": name }, { "name": "email", "value": email }]);
            self.contacts_create(&json!({ "properties": properties }))?;
        }
        let subscriber = user_summary(self.contact_by_email(email)?);
        let tags = tag_names(&body["tags"]);
        self.register_tags(&tags);
        let id = self.next_ticket;
        self.next_ticket += 1;
        let mut record = to_object(&json!({
            "id": id, "requester_name": name, "requester_email": email, "subject": given("subject"),
            "subscriber_id": subscriber["id"], "source": "DASHBOARD", "created_by": "USER",
            "status": 1, "priority": 2, "type": 3, "assigned_to": "GROUP", "group_id": group,
            "created_time": self.clock.seconds(), "updated_time": 0, "is_spam": false,
            "public_notes_count": 0, "private_notes_count": 0, "reopens_count": 0,
            "tags": [], "automationStatus": [], "html_body": "", "references": [], "subscriber": subscriber,
            "properties": [], "forceUpdate": false,
        }));
        copy_fields(&mut record, body, &["status", "priority", "type"]);
        if let Some(assignee) = body.get("assignee_id") {
            let assignee = integer(assignee).ok_or_else(|| {
                bad_request("`assignee_id` must be the id of a user, as number or text")
            })?;
            record.insert("assignee_id".into(), assignee.into());
        }
        add_tags(&mut record, &tags, self.clock.seconds());
        merge_properties(&mut record, array(body, "properties"));
        Ok(ApiResponse::Json(self.tickets.insert(id, record)))
    }
}
