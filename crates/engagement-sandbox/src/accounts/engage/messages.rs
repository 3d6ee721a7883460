//! Messages.

use serde_json::{Value, json};

use super::account::EngageAccount;
use super::model::{EngageMessage, EngageMessageKind};
use crate::accounts::json::array;
use crate::accounts::response::{ApiResponse, ApiResult, bad_request};

impl EngageAccount {
    /// The accepted messages, oldest first.
    pub(crate) fn messages(&self) -> Vec<EngageMessage> {
        let messages = self.messages.iter();
        messages.map(|(_, message)| message.clone()).collect()
    }

    fn add_message(
        &mut self,
        kind: EngageMessageKind,
        to: Vec<String>,
        body: &Value,
    ) -> ApiResponse {
        let id = self.next_id();
        let message = EngageMessage {
            id: id.clone(),
            kind,
            to,
            body: body.clone(),
        };
        self.messages.push((self.clock.now(), message));
        ApiResponse::Json(json!({ "id": id }))
    }

    pub(super) fn send_email(&mut self, body: &Value) -> ApiResult {
        let content = ["html", "text", "template"];
        if !content.iter().any(|field| {
            body.get(*field)
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty())
        }) {
            return Err(bad_request(
                "the message has no content: send html, text or template",
            ));
        }
        let single = body["to"].as_str().map(str::to_owned);
        let several = ["to", "cc", "bcc"]
            .into_iter()
            .flat_map(|field| array(body, field));
        let to: Vec<String> = single
            .into_iter()
            .chain(several.filter_map(Value::as_str).map(str::to_owned))
            .collect();
        if to.is_empty() {
            return Err(bad_request("`to` is empty: give at least one address"));
        }
        Ok(self.add_message(EngageMessageKind::Email, to, body))
    }

    pub(super) fn send_sms(&mut self, body: &Value) -> ApiResponse {
        let to = body["to"].as_str().map(str::to_owned).into_iter().collect();
        self.add_message(EngageMessageKind::Sms, to, body)
    }
}
