//! Batches of users and events.

use std::time::Duration;

use serde_json::Value;

use super::account::EngageAccount;
use super::responses::queued;
use crate::accounts::call::Call;
use crate::accounts::json::array;
use crate::accounts::response::{ApiResult, bad_request};
use crate::provider::schemas::violations;

/// A batch must be smaller, in bytes.
const MAX_BATCH_BYTES: usize = 100_000;

impl EngageAccount {
    /// Applies the items, immediately unless a test delays batches. Invalid ones are dropped without an error.
    pub(super) fn batch(&mut self, call: &Call) -> ApiResult {
        if call.body_bytes >= MAX_BATCH_BYTES {
            return Err(bad_request("a batch must stay below 100 KB: split it"));
        }
        let due = self.clock.now().saturating_add(self.batch_delay);
        let items = array(&call.body, "data").to_vec();
        self.waiting_batches.push((due, items));
        self.apply_due_batches();
        Ok(queued())
    }

    /// Applies the batches whose time has come. Returns whether there was one.
    pub(super) fn apply_due_batches(&mut self) -> bool {
        let now = self.clock.now();
        if !self.waiting_batches.iter().any(|(due, _)| *due <= now) {
            return false;
        }
        let due = |(due, _): &mut (Duration, Vec<Value>)| *due <= now;
        let batches: Vec<_> = self.waiting_batches.extract_if(.., due).collect();
        for (index, item) in batches
            .iter()
            .flat_map(|(_, items)| items.iter().enumerate())
        {
            if let Err(why) = self.apply_batch_item(item) {
                self.dropped.push(format!("data/{index}{why}"));
            }
        }
        true
    }

    fn apply_batch_item(&mut self, item: &Value) -> Result<(), String> {
        if let Some(message) = self
            .batch_item
            .as_ref()
            .and_then(|validator| violations(validator, item, ""))
        {
            return Err(message);
        }
        let uid = item["id"].as_str().unwrap_or_default();
        let result = match item["type"].as_str() {
            Some("create") => self.users_create(item).map(drop),
            Some("update") => self.users_update(uid, item).map(drop),
            Some("event") => self.track(uid, item),
            _ => return Err(": `type` must be create, update or event".to_owned()),
        };
        result.map_err(|error| format!(": {}", error.message))
    }
}
