use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::model::{DataSource, EngageOneSend, initial_data_sources};
use super::tokens::Tokens;
use crate::accounts::account::AccountSettings;
use crate::accounts::shared::Shared;
use crate::clock::Clock;
use crate::provider::Provider;
use crate::provider::credentials::Credentials;
use crate::recent::Recent;

/// An EngageOne Communicate account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EngageOneAccount {
    #[serde(skip)]
    pub(super) clock: Clock,
    /// The first half of the ids of sends, so that they have one form and ascend.
    pub(super) created: i64,
    #[serde(skip)]
    pub(super) credentials: Credentials,
    pub(super) tokens: Tokens,
    /// Number of successful logins.
    pub(super) logins: u64,
    pub(super) sends: Shared<Recent<(Duration, EngageOneSend)>>,
    pub(super) data_sources: Shared<Vec<DataSource>>,
    /// Names of the existing communications; `None` if every one exists.
    pub(super) communications: Option<BTreeSet<String>>,
    /// Verified sender addresses; `None` if every one is verified.
    pub(super) senders: Option<BTreeSet<String>>,
}

impl EngageOneAccount {
    pub(crate) fn new(provider: &Provider, settings: &AccountSettings) -> Self {
        let credentials = settings.credentials.clone();
        let mut tokens = Tokens::default();
        if settings.examples_only {
            // The response to a login is this token.
            let example = provider.example("auth_login");
            let example = example.and_then(|example| example.as_str());
            let customer = credentials.get("ENGAGEONE_CUSTOMER_ID");
            tokens.add(example.unwrap_or_default(), customer);
        }
        Self {
            clock: settings.clock.clone(),
            created: settings.clock.seconds(),
            credentials,
            tokens,
            logins: 0,
            sends: Shared::new(Recent::new(settings.log_size)),
            data_sources: Shared::new(initial_data_sources(provider)),
            communications: None,
            senders: None,
        }
    }
}
