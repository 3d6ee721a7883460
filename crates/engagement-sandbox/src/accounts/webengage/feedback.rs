//! Feedback and the conversations about it.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::responses::success;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, not_found};

impl WebEngageAccount {
    fn requested_feedback(&self, call: &Call) -> Result<&Object, ApiError> {
        let id = call.text("feedbackId");
        let found = self.feedback.get(id);
        found.ok_or_else(|| not_found(format!("Feedback {id} not found")))
    }

    pub(super) fn feedback_get(&self, call: &Call) -> ApiResult {
        let mut record = self.requested_feedback(call)?.clone();
        // Only search results contain tags.
        record.shift_remove("tags");
        record.shift_remove("action");
        Ok(success(self.with_file_urls(call, Value::Object(record))))
    }

    /// All replies. Their response has no status or message.
    pub(super) fn feedback_replies(&self, call: &Call) -> ApiResult {
        let replies = self.requested_feedback(call)?.get("replies").cloned();
        let replies = self.with_file_urls(call, replies.unwrap_or_else(|| json!([])));
        Ok(ApiResponse::Json(
            json!({ "response": { "data": replies } }),
        ))
    }

    pub(super) fn feedback_reply(&self, call: &Call) -> ApiResult {
        let (record, id) = (json!(self.requested_feedback(call)?), call.text("replyId"));
        let mut replies = array(&record, "replies").iter();
        let reply = replies
            .find(|reply| reply["id"] == json!(id))
            .ok_or_else(|| not_found(format!("Reply {id} not found")))?;
        Ok(success(self.with_file_urls(call, reply.clone())))
    }

    /// Adds a feedback, or replaces the one with its id.
    pub(crate) fn add_feedback(&mut self, record: &Value) -> Result<(), String> {
        let (id, record) = self.parse_record("Feedback", record)?;
        self.feedback.insert(id, record);
        Ok(())
    }
}
