use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::json::array;
use crate::provider::Provider;

/// A transactional campaign that EngageOne accepted for sending. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EngageOneSend {
    /// Its id. Version 2 of the call returns it.
    pub id: String,
    /// Name of the campaign.
    pub campaign: String,
    /// Version of the call: 1 or 2.
    pub version: u8,
    /// The addresses of the records. A record without an address is left out.
    pub recipients: Vec<String>,
    /// The request's body.
    pub body: Value,
}

/// Stored recipient data.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct DataSource {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) records: Vec<Value>,
}

/// The data sources of a new account: that of the document's examples, and one with other columns.
pub(super) fn initial_data_sources(provider: &Provider) -> Vec<DataSource> {
    let listed = provider.example("data_sources_list");
    let id = listed.and_then(|listed| listed[0]["Id"].as_str());
    let records = provider
        .example("data_sources_get")
        .map(|records| array(records, "data").to_vec());
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
