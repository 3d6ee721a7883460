use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::auth::AuthRules;
use super::model::{AcceptedSend, Notification, Topic, User};
use crate::accounts::account::AccountSettings;
use crate::accounts::json::Object;
use crate::accounts::shared::Shared;
use crate::clock::Clock;
use crate::provider::credentials::Credentials;
use crate::recent::Recent;

/// An Engagespot app.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EngagespotAccount {
    #[serde(skip)]
    pub(super) clock: Clock,
    pub(super) last_id: i64,
    #[serde(skip)]
    pub(super) credentials: Credentials,
    pub(super) auth_rules: AuthRules,
    /// Users by identifier.
    pub(super) users: Shared<BTreeMap<String, Shared<User>>>,
    /// The notifications of all inboxes by id.
    pub(super) notifications: Shared<BTreeMap<i64, Shared<Notification>>>,
    /// Categories by id.
    pub(super) categories: Shared<BTreeMap<i64, Object>>,
    /// Topics by id.
    pub(super) topics: Shared<BTreeMap<i64, Topic>>,
    pub(super) sends: Shared<Recent<AcceptedSend>>,
    pub(super) dropped: Shared<Recent<String>>,
}

impl EngagespotAccount {
    pub(crate) fn new(settings: &AccountSettings) -> Self {
        Self {
            clock: settings.clock.clone(),
            last_id: 0,
            credentials: settings.credentials.clone(),
            auth_rules: AuthRules::default(),
            users: Shared::default(),
            notifications: Shared::default(),
            categories: Shared::default(),
            topics: Shared::default(),
            sends: Shared::new(Recent::new(settings.log_size)),
            dropped: Shared::new(Recent::new(settings.log_size)),
        }
    }

    /// The next id. No two records share one.
    pub(super) fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// The rules of authentication, to be changed.
    pub(crate) fn auth_rules(&mut self) -> &mut AuthRules {
        &mut self.auth_rules
    }

    /// Recipients, topics and subscribers that were skipped, with the reason.
    pub(crate) fn dropped(&self) -> Vec<String> {
        self.dropped.to_vec()
    }
}
