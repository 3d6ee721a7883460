//! Profiles.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::State;
use super::attributes::{LONGEST_TEXT, cut};
use crate::accounts::call::{Call, Outcome, Refused, bad};
use crate::accounts::values::{Row, items, members};

/// What the provider says to a body that names nobody.
const NOBODY: &str = "Error: userId and anonymousId cannot be empty.";
/// Encrypted addresses are cut off here.
const LONGEST_HASH: usize = 512;
/// A batch holds at least one entry and at most this many.
const LARGEST_BATCH: usize = 25;
/// How long the id of a call is remembered.
const REQUEST_ID_SPAN: Duration = Duration::from_secs(4 * 60 * 60);

/// Whom data is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Identity {
    Known(String),
    Anonymous(String),
}

impl Identity {
    /// Whom a body names; a known user's id wins.
    pub(super) fn of(body: &Value) -> Result<Self, Refused> {
        // Clients in use send ids that they don't know as empty text.
        let id = |key: &str| body[key].as_str().filter(|id| !id.is_empty());
        match (id("userId"), id("anonymousId")) {
            (Some(id), _) => Ok(Self::Known(id.to_owned())),
            (None, Some(id)) => Ok(Self::Anonymous(id.to_owned())),
            (None, None) => Err(bad(NOBODY)),
        }
    }

    /// The member that holds the id, and the id.
    pub(super) fn member(&self) -> (&'static str, &str) {
        match self {
            Self::Known(id) => ("userId", id),
            Self::Anonymous(id) => ("anonymousId", id),
        }
    }
}

/// Has a look at every entry of a batch before any is taken in.
pub(super) fn batch<'a, T>(
    body: &'a Value,
    key: &str,
    read: impl Fn(&'a Value) -> Result<T, Refused>,
) -> Result<Vec<T>, Refused> {
    let entries = items(body, key);
    if !(1..=LARGEST_BATCH).contains(&entries.len()) {
        return Err(bad(format!(
            "`{key}` must hold 1 to {LARGEST_BATCH} entries, not {}",
            entries.len()
        )));
    }
    let entry = |(at, entry)| {
        read(entry).map_err(|refused| bad(format!("{key}/{at}: {}", refused.message)))
    };
    entries.iter().enumerate().map(entry).collect()
}

impl State {
    /// All profiles, known users before anonymous ones, by id.
    pub(crate) fn users(&self) -> Vec<Value> {
        self.users.values().cloned().map(Value::Object).collect()
    }

    pub(super) fn users_track(&mut self, call: &Call) -> Outcome {
        let operation = "users_track";
        let identity = Identity::of(&call.body)?;
        if self.is_new(operation, call) {
            self.upsert(identity, &call.body);
        }
        Ok(self.queued(operation))
    }

    pub(super) fn users_track_bulk(&mut self, body: &Value) -> Outcome {
        let found = batch(body, "users", |user| Ok((Identity::of(user)?, user)))?;
        for (identity, user) in found {
            self.upsert(identity, user);
        }
        Ok(self.queued("users_track_bulk"))
    }

    /// Whether a call hasn't been taken in yet, by its request id. From now on it has.
    pub(super) fn is_new(&mut self, operation: &'static str, call: &Call) -> bool {
        let (id, now) = (call.text("x-request-id"), Instant::now());
        if id.is_empty() {
            return true;
        }
        let key = (operation, id.to_owned());
        // The span counts from the first call; repeats don't extend it.
        let new = self.requests.get(&key, now).is_none();
        if new {
            self.requests.put(key, (), now, REQUEST_ID_SPAN);
        }
        new
    }

    /// Creates a profile or changes what the body holds of it.
    pub(super) fn upsert(&mut self, identity: Identity, body: &Value) {
        let schemas = &self.provider.document.schemas;
        let listed = schemas
            .get("UserUpsert")
            .map(|schema| schemas.properties(schema))
            .unwrap_or_default();
        let (key, id) = identity.member();
        let (place, fresh) = (format!("users/{id}"), fresh(key, id));
        let attributes = self.user_types.fitting(
            &members(&body["attributes"]),
            &format!("{place}/attributes"),
            &mut self.dropped,
        );
        let row = self.users.entry(identity).or_insert(fresh);
        for (name, value) in members(body) {
            match name.as_str() {
                "userId" | "anonymousId" | "attributes" => {}
                "hashedEmail" | "hashedPhone" => {
                    row.insert(name, cut(&value, LONGEST_HASH));
                }
                _ if listed.iter().any(|(known, _)| *known == name) => {
                    row.insert(name, cut(&value, LONGEST_TEXT));
                }
                _ => self
                    .dropped
                    .push(format!("{place}/{name}: the document has no such member")),
            }
        }
        if let Some(Value::Object(known)) = row.get_mut("attributes") {
            known.extend(attributes);
        }
    }
}

/// A profile that nothing is known of yet.
fn fresh(key: &str, id: &str) -> Row {
    members(&json!({
        key: id, "emailOptIn": true, "smsOptIn": true, "rcsOptIn": true, "whatsappOptIn": false, "attributes": {},
    }))
}
