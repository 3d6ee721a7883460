//! Finding users by e-mail address and by number.

use serde_json::Value;

use super::account::EngageAccount;
use crate::accounts::json::text;

/// The fields by which users are found.
const CONTACT_FIELDS: [&str; 2] = ["email", "number"];

/// A phone number as text, which is how it is stored.
pub(super) fn number_text(value: &Value) -> Value {
    if value.is_number() {
        value.to_string().into()
    } else {
        value.clone()
    }
}

impl EngageAccount {
    pub(super) fn add_to_index(&mut self, id: &str) {
        let Some(record) = self.users.get(id) else {
            return;
        };
        for field in CONTACT_FIELDS {
            let value = text(record, field);
            if !value.is_empty() {
                self.contact_index
                    .entry((field.to_owned(), value.to_owned()))
                    .or_default()
                    .insert(id.to_owned());
            }
        }
    }

    /// Removes a user from the index, before its e-mail address or number changes.
    pub(super) fn remove_from_index(&mut self, id: &str) {
        let Some(record) = self.users.get(id) else {
            return;
        };
        for field in CONTACT_FIELDS {
            let index_key = (field.to_owned(), text(record, field).to_owned());
            if let Some(ids) = self.contact_index.get_mut(&index_key) {
                ids.remove(id);
                if ids.is_empty() {
                    self.contact_index.remove(&index_key);
                }
            }
        }
    }

    /// Ids of the users with the e-mail address of a body, then of those with its number.
    pub(super) fn matching_users(&self, body: &Value) -> impl Iterator<Item = &String> {
        let found = CONTACT_FIELDS.into_iter().filter_map(|field| {
            let value = number_text(body.get(field)?);
            let index_key = (field.to_owned(), value.as_str()?.to_owned());
            self.contact_index.get(&index_key)
        });
        found.flatten()
    }
}
