use std::collections::BTreeMap;

use super::auth::AuthRules;
use super::model::{AcceptedSend, Notification, Topic, User};
use crate::accounts::account::AccountSettings;
use crate::accounts::json::Object;
use crate::clock::Clock;
use crate::provider::credentials::Credentials;
use crate::recent::Recent;

/// An Engagespot app.
pub(crate) struct EngagespotAccount {
    pub(super) clock: Clock,
    pub(super) last_id: i64,
    pub(super) credentials: Credentials,
    pub(super) auth_rules: AuthRules,
    /// Users by identifier.
    pub(super) users: BTreeMap<String, User>,
    /// The notifications of all inboxes by id.
    pub(super) notifications: BTreeMap<i64, Notification>,
    /// Categories by id.
    pub(super) categories: BTreeMap<i64, Object>,
    /// Topics by id.
    pub(super) topics: BTreeMap<i64, Topic>,
    pub(super) sends: Recent<AcceptedSend>,
    pub(super) dropped: Recent<String>,
}

impl EngagespotAccount {
    pub(crate) fn new(settings: &AccountSettings) -> Self {
        Self {
            clock: settings.clock.clone(),
            last_id: 0,
            credentials: settings.credentials.clone(),
            auth_rules: AuthRules::default(),
            users: BTreeMap::new(),
            notifications: BTreeMap::new(),
            categories: BTreeMap::new(),
            topics: BTreeMap::new(),
            sends: Recent::new(settings.log_size),
            dropped: Recent::new(settings.log_size),
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
