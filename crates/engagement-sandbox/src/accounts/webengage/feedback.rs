//! Feedback and the conversations about it.

use serde_json::{Value, json};

use super::surveys::format_is_json;
use super::{State, success};
use crate::accounts::call::{Call, Outcome, Refused, Reply, missing};
use crate::accounts::values::{Row, items};

impl State {
    fn feedback(&self, call: &Call) -> Result<&Row, Refused> {
        format_is_json(call)?;
        let id = call.text("feedbackId");
        let found = self.feedbacks.get(id);
        found.ok_or_else(|| missing(format!("Feedback {id} not found")))
    }

    pub(super) fn feedback_get(&self, call: &Call) -> Outcome {
        let mut record = self.feedback(call)?.clone();
        // Tags are seen in search results only.
        record.shift_remove("tags");
        record.shift_remove("action");
        Ok(success(self.shown(call, Value::Object(record))))
    }

    /// All replies, in a container that says nothing else.
    pub(super) fn feedback_replies(&self, call: &Call) -> Outcome {
        let replies = self.feedback(call)?.get("replies").cloned();
        let replies = self.shown(call, replies.unwrap_or_else(|| json!([])));
        Ok(Reply::Json(json!({ "response": { "data": replies } })))
    }

    pub(super) fn feedback_reply(&self, call: &Call) -> Outcome {
        let (record, id) = (json!(self.feedback(call)?), call.text("replyId"));
        let mut replies = items(&record, "replies").iter();
        let reply = replies
            .find(|reply| reply["id"] == json!(id))
            .ok_or_else(|| missing(format!("Reply {id} not found")))?;
        Ok(success(self.shown(call, reply.clone())))
    }

    /// Adds a feedback, or replaces the one with its id.
    pub(crate) fn add_feedback(&mut self, record: &Value) -> Result<(), String> {
        let (id, record) = self.own("Feedback", record)?;
        self.feedbacks.insert(id, record);
        Ok(())
    }
}
