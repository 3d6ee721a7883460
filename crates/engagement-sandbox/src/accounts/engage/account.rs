use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jsonschema::Validator;
use serde_json::Value;

use super::model::EngageMessage;
use crate::accounts::account::AccountSettings;
use crate::accounts::json::Object;
use crate::clock::Clock;
use crate::provider::Provider;
use crate::provider::schemas::validator;
use crate::recent::Recent;

/// An Engage workspace.
pub(crate) struct EngageAccount {
    pub(super) clock: Clock,
    /// The first half of ids, so that they look like the provider's and ascend.
    pub(super) created: i64,
    pub(super) next_id: u64,
    /// Users by id.
    pub(super) users: BTreeMap<String, Object>,
    /// Ids of users by uid.
    pub(super) uids: HashMap<String, String>,
    /// Ids of users by the field `email` or `number` and its value.
    pub(super) contact_index: HashMap<(&'static str, String), BTreeSet<String>>,
    /// Lists by id.
    pub(super) lists: BTreeMap<String, Object>,
    pub(super) events: Vec<Value>,
    pub(super) messages: Recent<(Duration, EngageMessage)>,
    pub(super) dropped: Recent<String>,
    /// Whether pages have a flag in place of cursors.
    pub(super) without_cursors: bool,
    /// How long after its acceptance a batch is applied.
    pub(super) batch_delay: Duration,
    /// Batches that are not applied yet, with the time at which they will be.
    pub(super) waiting_batches: Vec<(Duration, Vec<Value>)>,
    /// The validator of batch items, each of which is validated alone.
    pub(super) batch_item: Option<Validator>,
}

impl EngageAccount {
    pub(crate) fn new(provider: &Provider, settings: &AccountSettings) -> Self {
        let schemas = &provider.document.schemas;
        let batch_item = schemas
            .get("BatchItem")
            .and_then(|schema| validator(schemas, schema));
        Self {
            clock: settings.clock.clone(),
            created: settings.clock.seconds(),
            next_id: 1,
            users: BTreeMap::new(),
            uids: HashMap::new(),
            contact_index: HashMap::new(),
            lists: BTreeMap::new(),
            events: Vec::new(),
            messages: Recent::new(settings.log_size),
            dropped: Recent::new(settings.log_size),
            without_cursors: false,
            batch_delay: Duration::ZERO,
            waiting_batches: Vec::new(),
            batch_item,
        }
    }

    /// An id of 24 hexadecimal digits, greater than all earlier ones.
    pub(super) fn next_id(&mut self) -> String {
        let id = format!("{:08x}{:016x}", self.created, self.next_id);
        self.next_id += 1;
        id
    }

    pub(crate) fn set_batch_delay(&mut self, delay: Duration) {
        self.batch_delay = delay;
    }

    pub(crate) fn remove_cursors(&mut self) {
        self.without_cursors = true;
    }

    /// The recorded events, oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.clone()
    }

    /// Batch items that were dropped, with the reason.
    pub(crate) fn dropped(&self) -> Vec<String> {
        self.dropped.to_vec()
    }
}
