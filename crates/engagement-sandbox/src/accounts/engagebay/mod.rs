//! An EngageBay account.

mod account;
mod companies;
mod contacts;
mod custom_fields;
mod deals;
mod events;
mod fields;
mod listing;
mod lists;
mod notes;
mod products;
mod properties;
mod records;
mod tags;
mod tasks;
mod tickets;
mod tracks;

use engagement_document::Operation;
use http::StatusCode;
use serde_json::{Value, json};

pub(crate) use account::EngageBayAccount;

use crate::accounts::account::{Account, AccountSettings, RecordList};
use crate::accounts::call::Call;
use crate::accounts::response::{ApiResponse, ApiResult};

impl Account for EngageBayAccount {
    fn success_status(&self, operation: &Operation) -> Option<StatusCode> {
        let deleted = StatusCode::NO_CONTENT;
        let mut responses = operation.responses.iter();
        let is_documented = responses.any(|one| deleted == one.status);
        (operation.id.ends_with("_delete") && is_documented).then_some(deleted)
    }

    fn clone_account(&self) -> Box<dyn Account> {
        Box::new(self.clone())
    }

    fn attach(&mut self, settings: &AccountSettings) {
        self.clock = settings.clock.clone();
    }

    fn save(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    fn call(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "owners_list" => {
                let owners = self.owners.iter().cloned();
                Ok(ApiResponse::Json(owners.map(Value::Object).collect()))
            }
            "profile_get" => {
                let owner = self.owner(None);
                let profile = json!({ "name": owner["name"], "email": owner["email"] });
                Ok(ApiResponse::Json(profile))
            }
            id if id.starts_with("contacts_") => self.call_contacts(id, call),
            id if id.starts_with("companies_") => self.call_companies(id, call),
            id if id.starts_with("deals_") => self.call_deals(id, call),
            id if id.starts_with("tracks_") => self.call_tracks(id, call),
            id if id.starts_with("events_") => self.call_events(id, call),
            id if id.starts_with("tasks_") => self.call_tasks(id, call),
            id if id.starts_with("notes_") => self.call_notes(id, call),
            id if id.starts_with("products_") => self.call_products(id, call),
            id if id.starts_with("tickets_") => self.call_tickets(id, call),
            id if id.starts_with("tags_") => self.call_tags(id, call),
            id if id.starts_with("custom_fields_") => self.call_custom_fields(id, call),
            id if id.starts_with("lists_") => self.call_lists(id, call),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn records(&self, limit: usize) -> Vec<RecordList> {
        self.listing(limit)
    }
}
