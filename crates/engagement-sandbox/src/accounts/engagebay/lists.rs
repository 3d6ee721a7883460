//! Contact lists.

use serde_json::Value;

use super::account::EngageBayAccount;
use super::fields::add_id;
use crate::accounts::call::Call;
use crate::accounts::json::integer;
use crate::accounts::response::{ApiResponse, ApiResult, bad_request};

impl EngageBayAccount {
    pub(super) fn call_lists(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "lists_list" => Ok(ApiResponse::Json(
                self.lists.iter().cloned().map(Value::Object).collect(),
            )),
            "lists_add_contact" => self.lists_add_contact(call),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn lists_add_contact(&mut self, call: &Call) -> ApiResult {
        let list = call.id("listId");
        let mut lists = self.lists.iter();
        if !lists.any(|record| record.get("id").and_then(integer) == Some(list)) {
            let known: Vec<String> = self
                .lists
                .iter()
                .filter_map(|record| record.get("id").map(Value::to_string))
                .collect();
            return Err(bad_request(format!(
                "There is no list with id {list}: this account has {}",
                known.join(", ")
            )));
        }
        let contact = self.contact_by_email(call.text("email"))?;
        add_id(contact, "listIds", list);
        Ok(ApiResponse::Empty)
    }
}
