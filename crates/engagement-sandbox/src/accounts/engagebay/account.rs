use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fields::user_summary;
use super::records::Records;
use crate::accounts::account::AccountSettings;
use crate::accounts::json::{Object, integer, to_object};
use crate::accounts::shared::Shared;
use crate::clock::Clock;
use crate::provider::Provider;

/// Ids look like the provider's: 16 digits, below 2^53.
const FIRST_ID: i64 = 6_000_000_000_000_001;
/// The provider's message about a call without a required field.
pub(super) const INCOMPLETE: &str = "Invalid input. Please provide all the required fields.";

/// An EngageBay account.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct EngageBayAccount {
    #[serde(skip)]
    pub(super) clock: Clock,
    pub(super) next_id: i64,
    pub(super) next_ticket: i64,
    pub(super) contacts: Records,
    /// Ids of contacts by e-mail address.
    pub(super) contact_ids: Shared<BTreeMap<String, i64>>,
    pub(super) companies: Records,
    /// Ids of companies by name.
    pub(super) company_ids: Shared<BTreeMap<String, i64>>,
    pub(super) deals: Records,
    pub(super) tracks: Records,
    pub(super) events: Records,
    pub(super) tasks: Records,
    pub(super) notes: Records,
    pub(super) products: Records,
    pub(super) tickets: Records,
    pub(super) custom_fields: Records,
    /// Tags of the account, with the time of their creation.
    pub(super) tags: Shared<Vec<(String, i64)>>,
    /// Ids of the products of each contact.
    pub(super) contact_products: Shared<BTreeMap<i64, BTreeSet<i64>>>,
    /// Users of the account. The first one owns the API key.
    pub(super) owners: Shared<Vec<Object>>,
    /// Contact lists. No API call creates one.
    pub(super) lists: Shared<Vec<Object>>,
}

impl EngageBayAccount {
    /// A new account with two users, the contact list of the document's example, and a default track.
    pub(crate) fn new(provider: &Provider, settings: &AccountSettings) -> Self {
        let documented = |operation: &str| -> Vec<Object> {
            let example = provider.example(operation).and_then(Value::as_array);
            example
                .map(|records| records.iter().map(to_object).collect())
                .unwrap_or_default()
        };
        let mut owners = documented("owners_list");
        owners.truncate(1);
        owners.push(to_object(&json!({
            "id": 4_900_000_000_000_001_i64, "email": "owner@example.com", "name": "Olive Owner",
            "is_admin": false, "is_verified": true, "is_owner": false, "time_zone": "Europe/London", "language": "en",
        })));
        let mut account = Self {
            clock: settings.clock.clone(),
            next_id: FIRST_ID,
            next_ticket: 1,
            contacts: Records::new("contact"),
            contact_ids: Shared::default(),
            companies: Records::new("company"),
            company_ids: Shared::default(),
            deals: Records::new("deal"),
            tracks: Records::new("track"),
            events: Records::new("event"),
            tasks: Records::new("task"),
            notes: Records::new("note"),
            products: Records::new("product"),
            tickets: Records::new("ticket"),
            custom_fields: Records::new("custom field"),
            tags: Shared::default(),
            contact_products: Shared::default(),
            owners: Shared::new(owners),
            lists: Shared::new(documented("lists_list")),
        };
        account.add_default_track();
        account
    }

    pub(super) fn next_id(&mut self) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// The user with this id, or else the one who owns the API key, as records contain it.
    pub(super) fn owner(&self, id: Option<i64>) -> Value {
        let with_id = id.and_then(|id| {
            self.owners
                .iter()
                .find(|owner| owner.get("id").and_then(integer) == Some(id))
        });
        let Some(owner) = with_id.or(self.owners.first()) else {
            return json!({ "id": 0 });
        };
        user_summary(owner)
    }
}
