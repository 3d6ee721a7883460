//! Notes on contacts, companies, deals and products.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use crate::accounts::call::Call;
use crate::accounts::json::{integer, to_object};
use crate::accounts::response::{ApiResponse, ApiResult, bad_request};

impl EngageBayAccount {
    pub(super) fn call_notes(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "notes_create" => self.notes_create(&call.body),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn notes_create(&mut self, body: &Value) -> ApiResult {
        let parent = integer(&body["parentId"]).ok_or_else(|| {
            bad_request("`parentId` must be the id of a contact, company, deal or product")
        })?;
        let known = [&self.contacts, &self.companies, &self.deals, &self.products];
        if !known.iter().any(|records| records.get(parent).is_some()) {
            return Err(bad_request(format!(
                "There is no record with id {parent} to add the note to"
            )));
        }
        let id = self.next_id();
        let record = json!({
            "id": id, "parentId": parent, "subject": body["subject"], "content": body.get("content").cloned().unwrap_or_else(|| json!("")),
            "force": false, "syncIds": [], "owner_id": self.owner(None)["id"], "type": "PUBLIC",
            "created_time": self.clock.seconds(), "updated_time": 0, "source": "SUBSCRIBER", "createFollowUpTask": false,
        });
        Ok(ApiResponse::Json(self.notes.insert(id, to_object(&record))))
    }
}
