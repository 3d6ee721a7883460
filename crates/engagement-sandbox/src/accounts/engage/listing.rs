//! What a workspace holds, for the page and the API of the sandbox.

use serde_json::Value;

use super::account::EngageAccount;
use crate::accounts::account::RecordList;

impl EngageAccount {
    pub(super) fn listing(&self, limit: usize) -> Vec<RecordList> {
        let objects = |kind, records: &std::collections::BTreeMap<_, _>| {
            RecordList::new(kind, limit, records.values().cloned().map(Value::Object))
        };
        vec![
            objects("users", &self.users),
            objects("lists", &self.lists),
            RecordList::new("events", limit, self.events.iter().cloned()),
            RecordList::new(
                "dropped batch items",
                limit,
                self.dropped.iter().map(|why| why.as_str().into()),
            ),
        ]
    }
}
