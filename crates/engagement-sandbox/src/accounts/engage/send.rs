//! Messages and batches.

use serde_json::Value;
use serde_json::json;

use super::{State, queued};
use crate::accounts::call::{Call, Outcome, Reply, bad};
use crate::accounts::values::items;
use crate::provider;
use crate::{Message, MessageKind};

/// A batch must be shorter.
const LONGEST_BATCH: usize = 100_000;

impl State {
    fn record(&mut self, kind: MessageKind, to: Vec<String>, body: &Value) -> Reply {
        let id = self.id();
        self.messages.push(Message {
            id: id.clone(),
            kind,
            to,
            body: body.clone(),
        });
        Reply::Json(json!({ "id": id }))
    }

    pub(super) fn send_email(&mut self, body: &Value) -> Outcome {
        let content = ["html", "text", "template"];
        if !content.iter().any(|key| {
            body.get(*key)
                .and_then(Value::as_str)
                .is_some_and(|text| !text.is_empty())
        }) {
            return Err(bad(
                "the message has no content: send one of html, text and template",
            ));
        }
        let one = body["to"].as_str().map(str::to_owned);
        let several = ["to", "cc", "bcc"]
            .into_iter()
            .flat_map(|key| items(body, key));
        let to: Vec<String> = one
            .into_iter()
            .chain(several.filter_map(Value::as_str).map(str::to_owned))
            .collect();
        if to.is_empty() {
            return Err(bad("`to` is empty: give at least one address"));
        }
        Ok(self.record(MessageKind::Email, to, body))
    }

    pub(super) fn send_sms(&mut self, body: &Value) -> Reply {
        let to = body["to"].as_str().map(str::to_owned).into_iter().collect();
        self.record(MessageKind::Sms, to, body)
    }

    /// Applies the items at once; the caller learns nothing of those that can't be.
    pub(super) fn batch(&mut self, call: &Call) -> Outcome {
        if call.body_bytes >= LONGEST_BATCH {
            return Err(bad("a batch must stay below 100 KB: split it"));
        }
        for (at, item) in items(&call.body, "data").iter().enumerate() {
            if let Err(why) = self.batch_item(item) {
                self.dropped.push(format!("data/{at}{why}"));
            }
        }
        Ok(queued())
    }

    fn batch_item(&mut self, item: &Value) -> Result<(), String> {
        if let Some(problem) = self
            .batch_item
            .as_ref()
            .and_then(|validator| provider::problems(validator, item, ""))
        {
            return Err(problem);
        }
        let uid = item["id"].as_str().unwrap_or_default();
        let done = match item["type"].as_str() {
            Some("create") => self.users_create(item).map(drop),
            Some("update") => self.users_update(uid, item).map(drop),
            Some("event") => self.track(uid, item),
            _ => return Err(": `type` must be create, update or event".to_owned()),
        };
        done.map_err(|refused| format!(": {}", refused.message))
    }
}
