//! User profiles.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::attributes::{MAX_TEXT, accept_attributes, truncate};
use super::batch::entries;
use super::model::Identity;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, to_object};
use crate::accounts::response::ApiResult;

/// Hashed addresses are truncated to this length.
const MAX_HASH: usize = 512;

impl WebEngageAccount {
    /// The profiles of known users, then those of anonymous ones, each sorted by id.
    pub(crate) fn users(&self) -> Vec<Value> {
        self.users.values().cloned().map(Value::Object).collect()
    }

    pub(super) fn users_track(&mut self, call: &Call) -> ApiResult {
        let operation = "users_track";
        let identity = Identity::of(&call.body)?;
        if self.is_first(operation, call) {
            self.upsert(identity, &call.body);
        }
        Ok(self.queued_response(operation))
    }

    pub(super) fn users_track_bulk(&mut self, body: &Value) -> ApiResult {
        let users = entries(body, "users", |user| Ok((Identity::of(user)?, user)))?;
        for (identity, user) in users {
            self.upsert(identity, user);
        }
        Ok(self.queued_response("users_track_bulk"))
    }

    /// Creates a profile, or changes the fields that a body has.
    pub(super) fn upsert(&mut self, identity: Identity, body: &Value) {
        let schemas = &self.provider.document.schemas;
        let documented = schemas
            .get("UserUpsert")
            .map(|schema| schemas.properties(schema))
            .unwrap_or_default();
        let (id_field, id) = identity.field();
        let (path, new) = (format!("users/{id}"), new_profile(id_field, id));
        let attributes = accept_attributes(
            &mut self.user_types,
            &to_object(&body["attributes"]),
            &format!("{path}/attributes"),
            &mut self.dropped,
        );
        let record = self.users.entry(identity).or_insert(new);
        for (name, value) in to_object(body) {
            match name.as_str() {
                "userId" | "anonymousId" | "attributes" => {}
                "hashedEmail" | "hashedPhone" => {
                    record.insert(name, truncate(&value, MAX_HASH));
                }
                _ if documented.iter().any(|(known, _)| *known == name) => {
                    record.insert(name, truncate(&value, MAX_TEXT));
                }
                _ => self
                    .dropped
                    .push(format!("{path}/{name}: the document has no such field")),
            }
        }
        if let Some(Value::Object(known)) = record.get_mut("attributes") {
            known.extend(attributes);
        }
    }
}

/// A new profile.
fn new_profile(id_field: &str, id: &str) -> Object {
    to_object(&json!({
        id_field: id, "emailOptIn": true, "smsOptIn": true, "rcsOptIn": true, "whatsappOptIn": false, "attributes": {},
    }))
}
