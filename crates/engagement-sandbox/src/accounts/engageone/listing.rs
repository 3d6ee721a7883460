//! What an account holds, for the page and the API of the sandbox.

use serde_json::{Value, json};

use super::account::EngageOneAccount;
use super::model::{DataSource, EngageOneSend};
use crate::accounts::account::RecordList;

impl EngageOneAccount {
    pub(super) fn listing(&self, limit: usize) -> Vec<RecordList> {
        let sends = self.sends.iter().map(|(_, sent)| send(sent));
        let data_sources = self.data_sources.iter().map(data_source);
        vec![
            RecordList::new("sends", limit, sends),
            RecordList::new("data sources", limit, data_sources),
        ]
    }
}

fn send(send: &EngageOneSend) -> Value {
    json!({
        "send_id": send.id, "campaign": send.campaign, "version": send.version, "recipients": send.recipients,
    })
}

fn data_source(source: &DataSource) -> Value {
    json!({ "Id": source.id, "Name": source.name, "records": source.records })
}
