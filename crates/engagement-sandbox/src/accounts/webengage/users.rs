//! User profiles.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::attributes::{MAX_TEXT, accept_attributes, truncate};
use super::batch::entries;
use super::model::Identity;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, to_object};
use crate::accounts::response::ApiResult;
use crate::accounts::shared::Shared;

/// Hashed addresses are truncated to this length.
const MAX_HASH: usize = 512;

impl WebEngageAccount {
    /// The profiles of known users, then those of anonymous ones, each sorted by id.
    pub(crate) fn users(&self) -> Vec<Value> {
        let users = self.users.values();
        users.map(|user| Value::Object((**user).clone())).collect()
    }

    pub(super) fn users_track(&mut self, call: &Call) -> ApiResult {
        let operation = "users_track";
        let identity = Identity::of(&call.body)?;
        if self.is_first(operation, call) {
            self.upsert(identity, &call.body);
        }
        Ok(self.queued_response(operation))
    }

    pub(super) fn users_track_bulk(&mut self, call: &Call) -> ApiResult {
        let operation = "users_track_bulk";
        let users = entries(&call.body, "users", |user| Ok((Identity::of(user)?, user)))?;
        if self.is_first(operation, call) {
            for (identity, user) in users {
                self.upsert(identity, user);
            }
        }
        Ok(self.queued_response(operation))
    }

    /// Creates a profile, or changes the fields that a body has.
    pub(super) fn upsert(&mut self, identity: Identity, body: &Value) {
        let schemas = self.schemas();
        let documented = schemas
            .and_then(|schemas| Some(schemas.properties(schemas.get("UserUpsert")?)))
            .unwrap_or_default();
        let (id_field, id) = identity.field();
        let (path, new) = (format!("users/{id}"), new_profile(id_field, id));
        // Clients write custom attributes beside the documented fields too; `attributes` goes first.
        let mut given = to_object(body);
        given.retain(|name, _| {
            let identity = ["userId", "anonymousId", "attributes"].contains(&name.as_str());
            !identity && documented.iter().all(|(known, _)| known != name)
        });
        given.extend(to_object(&body["attributes"]));
        let attributes = accept_attributes(
            &mut self.user_types,
            &given,
            &format!("{path}/attributes"),
            &mut self.dropped,
        );
        let record = self.users.entry(identity).or_insert(Shared::new(new));
        for (name, value) in to_object(body) {
            match name.as_str() {
                "userId" | "anonymousId" | "attributes" => {}
                "hashedEmail" | "hashedPhone" => {
                    record.insert(name, truncate(&value, MAX_HASH));
                }
                _ if documented.iter().any(|(known, _)| *known == name) => {
                    record.insert(name, truncate(&value, MAX_TEXT));
                }
                _ => {}
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
