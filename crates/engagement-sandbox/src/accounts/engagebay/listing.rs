//! What an account holds, for the page and the API of the sandbox.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use crate::accounts::account::RecordList;

impl EngageBayAccount {
    pub(super) fn listing(&self, limit: usize) -> Vec<RecordList> {
        let kinds = [
            ("contacts", &self.contacts),
            ("companies", &self.companies),
            ("deals", &self.deals),
            ("tracks", &self.tracks),
            ("events", &self.events),
            ("tasks", &self.tasks),
            ("notes", &self.notes),
            ("products", &self.products),
            ("tickets", &self.tickets),
            ("custom fields", &self.custom_fields),
        ];
        let mut lists: Vec<RecordList> = kinds
            .into_iter()
            .map(|(kind, records)| {
                RecordList::new(kind, limit, records.iter().cloned().map(Value::Object))
            })
            .collect();
        let tags = self.tags.iter();
        let tags = tags.map(|(name, created)| json!({ "tag": name, "created_time": created }));
        lists.push(RecordList::new("tags", limit, tags));
        for (kind, records) in [("contact lists", &self.lists), ("users", &self.owners)] {
            let records = records.iter().cloned().map(Value::Object);
            lists.push(RecordList::new(kind, limit, records));
        }
        lists
    }
}
