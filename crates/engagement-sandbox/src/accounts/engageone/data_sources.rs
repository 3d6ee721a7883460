//! Stored recipient data.

use serde_json::{Value, json};

use super::State;
use crate::accounts::call::{Outcome, Reply, missing};
use crate::accounts::values::items;
use crate::provider::Provider;

/// A data source.
pub(super) struct DataSource {
    id: String,
    name: String,
    records: Vec<Value>,
}

/// The one of the document's examples, and another with columns of its own.
pub(super) fn seeded(provider: &Provider) -> Vec<DataSource> {
    let listed = provider.example("data_sources_list");
    let id = listed.and_then(|listed| listed[0]["Id"].as_str());
    let records = provider
        .example("data_sources_get")
        .map(|records| items(records, "data").to_vec());
    vec![
        DataSource {
            id: id.unwrap_or_default().to_owned(),
            name: "Customers".to_owned(),
            records: records.unwrap_or_default(),
        },
        DataSource {
            id: "3f1c6d1e-8a52-4b7e-9d60-0000000000d2".to_owned(),
            name: "Policies".to_owned(),
            records: vec![json!({
                "uuid": "7b0e2f44-1c3d-4e5f-8a9b-0000000000b1", "Policy no": 1001, "Renewal": "2030-01-31", "Holder": null,
            })],
        },
    ]
}

impl State {
    pub(super) fn list_data_sources(&self) -> Reply {
        let shown = |source: &DataSource| json!({ "Id": source.id, "Name": source.name });
        Reply::Json(self.data_sources.iter().map(shown).collect())
    }

    pub(super) fn records(&self, id: &str) -> Outcome {
        let source = self.data_sources.iter().find(|source| source.id == id);
        let source = source.ok_or_else(|| missing(format!("There is no data source {id}")))?;
        Ok(Reply::Json(json!({ "data": source.records })))
    }

    /// Adds a data source, or replaces the one with its id. Records without a `uuid` get one.
    pub(crate) fn add_data_source(&mut self, id: String, name: String, mut records: Vec<Value>) {
        for (at, record) in records.iter_mut().enumerate() {
            if let Value::Object(record) = record {
                let uuid = format!("7b0e2f44-1c3d-4e5f-8a9b-{:012x}", at + 1);
                record.entry("uuid").or_insert_with(|| uuid.into());
            }
        }
        self.data_sources.retain(|source| source.id != id);
        self.data_sources.push(DataSource { id, name, records });
    }
}
