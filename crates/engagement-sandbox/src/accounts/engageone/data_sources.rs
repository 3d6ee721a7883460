//! Stored recipient data.

use serde_json::{Value, json};

use super::account::EngageOneAccount;
use super::model::DataSource;
use crate::accounts::response::{ApiResponse, ApiResult, not_found};

impl EngageOneAccount {
    pub(super) fn list_data_sources(&self) -> ApiResponse {
        let view = |source: &DataSource| json!({ "Id": source.id, "Name": source.name });
        ApiResponse::Json(self.data_sources.iter().map(view).collect())
    }

    pub(super) fn get_data_source(&self, id: &str) -> ApiResult {
        let source = self.data_sources.iter().find(|source| source.id == id);
        let source = source.ok_or_else(|| not_found(format!("There is no data source {id}")))?;
        Ok(ApiResponse::Json(json!({ "data": source.records })))
    }

    /// Adds a data source, or replaces the one with its id. A record without a `uuid` gets one.
    pub(crate) fn add_data_source(&mut self, id: String, name: String, mut records: Vec<Value>) {
        for (index, record) in records.iter_mut().enumerate() {
            if let Value::Object(record) = record {
                let uuid = format!("7b0e2f44-1c3d-4e5f-8a9b-{:012x}", index + 1);
                record.entry("uuid").or_insert_with(|| uuid.into());
            }
        }
        self.data_sources.retain(|source| source.id != id);
        self.data_sources.push(DataSource { id, name, records });
    }
}
