use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jsonschema::Validator;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::model::EngageMessage;
use crate::accounts::account::AccountSettings;
use crate::accounts::json::Object;
use crate::accounts::pairs;
use crate::accounts::shared::Shared;
use crate::clock::Clock;
use crate::provider::Provider;
use crate::provider::schemas::validator;
use crate::recent::Recent;

/// An Engage workspace.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EngageAccount {
    #[serde(skip)]
    pub(super) clock: Clock,
    /// The first half of ids, so that they look like the provider's and ascend.
    pub(super) created: i64,
    pub(super) next_id: u64,
    /// Users by id.
    pub(super) users: Shared<BTreeMap<String, Shared<Object>>>,
    /// Ids of users by uid.
    pub(super) uids: Shared<BTreeMap<String, String>>,
    /// Ids of users by the field `email` or `number` and its value.
    #[serde(with = "pairs")]
    pub(super) contact_index: Shared<BTreeMap<(String, String), BTreeSet<String>>>,
    /// Lists by id.
    pub(super) lists: Shared<BTreeMap<String, Shared<Object>>>,
    pub(super) events: Shared<Recent<Value>>,
    pub(super) messages: Shared<Recent<(Duration, EngageMessage)>>,
    pub(super) dropped: Shared<Recent<String>>,
    /// Whether pages have a flag in place of cursors.
    pub(super) without_cursors: bool,
    /// How long after its acceptance a batch is applied.
    pub(super) batch_delay: Duration,
    /// Batches that are not applied yet, with the time at which they will be.
    pub(super) waiting_batches: Shared<Vec<(Duration, Vec<Value>)>>,
    /// The validator of batch items, each of which is validated alone.
    #[serde(skip)]
    pub(super) batch_item: Option<Arc<Validator>>,
}

impl EngageAccount {
    pub(crate) fn new(provider: &Provider, settings: &AccountSettings) -> Self {
        let mut account = Self {
            clock: settings.clock.clone(),
            created: settings.clock.seconds(),
            next_id: 1,
            users: Shared::default(),
            uids: Shared::default(),
            contact_index: Shared::default(),
            lists: Shared::default(),
            events: Shared::new(Recent::new(settings.log_size)),
            messages: Shared::new(Recent::new(settings.log_size)),
            dropped: Shared::new(Recent::new(settings.log_size)),
            without_cursors: false,
            batch_delay: Duration::ZERO,
            waiting_batches: Shared::default(),
            batch_item: None,
        };
        account.use_document(provider);
        account
    }

    /// Validates batch items by this document.
    pub(crate) fn use_document(&mut self, provider: &Provider) {
        let schemas = &provider.document.schemas;
        let schema = schemas.get("BatchItem");
        let validator = schema.and_then(|schema| validator(schemas, schema));
        self.batch_item = validator.map(Arc::new);
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

    /// The most recent events, oldest first.
    pub(crate) fn events(&self) -> Vec<Value> {
        self.events.to_vec()
    }

    /// Batch items that were dropped, with the reason.
    pub(crate) fn dropped(&self) -> Vec<String> {
        self.dropped.to_vec()
    }
}
