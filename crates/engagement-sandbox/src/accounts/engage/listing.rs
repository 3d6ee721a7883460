//! What a workspace holds, for the page and the API of the sandbox.

use std::collections::BTreeMap;

use serde_json::Value;

use super::account::EngageAccount;
use crate::accounts::account::RecordList;
use crate::accounts::json::Object;
use crate::accounts::shared::Shared;

impl EngageAccount {
    pub(super) fn listing(&self, limit: usize) -> Vec<RecordList> {
        let objects = |kind, records: &BTreeMap<String, Shared<Object>>| {
            let records = records.values();
            let records = records.map(|record| Value::Object((**record).clone()));
            RecordList::new(kind, limit, records)
        };
        vec![
            objects("users", &self.users),
            objects("lists", &self.lists),
            RecordList::recent("events", limit, &self.events),
            RecordList::new(
                "dropped batch items",
                limit,
                self.dropped.iter().map(|why| why.as_str().into()),
            ),
        ]
    }
}
