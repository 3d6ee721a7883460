//! Users, customers and accounts alike.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{State, ok, pages, queued};
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad, missing};
use crate::accounts::values::{Row, items, members, now_iso, text};

/// How many devices a user keeps.
const MOST_DEVICES: usize = 5;
/// An event's name must be shorter.
const LONGEST_EVENT: usize = 32;

fn flag(row: &Row, key: &str) -> bool {
    row.get(key) == Some(&Value::Bool(true))
}

/// The array under a key, made if need be.
fn list<'a>(row: &'a mut Row, key: &str) -> &'a mut Vec<Value> {
    let value = row.entry(key).or_insert_with(|| json!([]));
    if !value.is_array() {
        *value = json!([]);
    }
    match value {
        Value::Array(items) => items,
        _ => unreachable!("made an array above"),
    }
}

/// Changes the element with this id, or adds it.
fn set_by_id(row: &mut Row, key: &str, id: &str, value: &Value) {
    let all = list(row, key);
    match all.iter_mut().find(|known| known["id"] == json!(id)) {
        Some(known) => known.clone_from(value),
        None => all.push(value.clone()),
    }
}

/// What people are looked up by.
const CONTACT_KEYS: [&str; 2] = ["email", "number"];

/// Numbers are stored as text, whatever they came as.
fn number_text(value: &Value) -> Value {
    if value.is_number() {
        value.to_string().into()
    } else {
        value.clone()
    }
}

impl State {
    /// The id of the user with a uid, or 404.
    pub(super) fn need(&self, uid: &str) -> Result<String, Refused> {
        self.uids
            .get(uid)
            .cloned()
            .ok_or_else(|| missing(format!("User {uid} not found")))
    }

    /// The same, by the provider's own id as well.
    fn need_account(&self, account: &str) -> Result<String, Refused> {
        let id = self
            .uids
            .get(account)
            .cloned()
            .or_else(|| self.users.contains_key(account).then(|| account.to_owned()));
        let id = id.ok_or_else(|| missing(format!("Account {account} not found")))?;
        match self.users.get(&id) {
            Some(row) if flag(row, "is_account") => Ok(id),
            _ => Err(bad(format!(
                "User {account} is a customer, not an account: convert it first"
            ))),
        }
    }

    pub(super) fn user(&mut self, id: &str) -> &mut Row {
        self.users.entry(id.to_owned()).or_default()
    }

    fn uid_of(&self, id: &str) -> String {
        self.users
            .get(id)
            .map(|row| text(row, "uid").to_owned())
            .unwrap_or_default()
    }

    /// A user as the API shows it.
    pub(super) fn shown_user(&self, row: &Row) -> Value {
        let mut row = row.clone();
        let members = if flag(&row, "is_account") {
            let uid = json!(text(&row, "uid"));
            let joined = |user: &&Row| {
                user.get("accounts")
                    .and_then(Value::as_array)
                    .is_some_and(|all| all.iter().any(|one| one["id"] == uid))
            };
            json!(self.users.values().filter(joined).count())
        } else {
            Value::Null
        };
        row.insert("member_count".into(), members);
        Value::Object(row)
    }

    pub(super) fn shown(&self, id: &str) -> Reply {
        Reply::Json(
            self.users
                .get(id)
                .map(|row| self.shown_user(row))
                .unwrap_or_default(),
        )
    }

    /// Stores a bare user and gives its id.
    pub(super) fn add_user(&mut self, uid: &str, uid_updateable: bool) -> String {
        let id = self.id();
        let mut row = members(&json!({
            "id": id, "uid": uid, "first_name": null, "last_name": null, "email": null, "number": null,
            "devices": [], "accounts": [], "is_account": false, "member_count": null, "archived": false,
            "lists": [], "segments": [], "meta": {}, "created_at": format!("{}+00:00", now_iso()), "last_interaction": null,
            "stats": { "delivered": 0, "failed": 0, "opened": 0, "clicked": 0, "unique_opens": 0, "unique_clicks": 0 },
        }));
        if uid_updateable {
            row.insert("uid_updateable".into(), true.into());
        }
        self.users.insert(id.clone(), row);
        self.uids.insert(uid.to_owned(), id.clone());
        id
    }

    /// Checks what a body refers to, before anything is changed.
    fn referred(&self, body: &Value) -> Result<(), Refused> {
        for id in items(body, "lists").iter().filter_map(Value::as_str) {
            self.open_list(id).map_err(|refused| bad(refused.message))?;
        }
        for account in items(body, "accounts")
            .iter()
            .filter_map(|account| account["id"].as_str())
        {
            self.need_account(account)
                .map_err(|refused| bad(refused.message))?;
        }
        Ok(())
    }

    /// Sets what a body holds: attributes are overwritten, `meta` is merged key by key.
    pub(super) fn set(&mut self, id: &str, body: &Value) {
        let accounts: Vec<(String, Value)> = items(body, "accounts")
            .iter()
            .filter_map(|account| {
                Some((
                    self.need_account(account["id"].as_str()?).ok()?,
                    account["role"].clone(),
                ))
            })
            .collect();
        let accounts: Vec<(String, Value)> = accounts
            .into_iter()
            .map(|(id, role)| (self.uid_of(&id), role))
            .collect();
        self.unindex(id);
        let row = self.user(id);
        for key in [
            "first_name",
            "last_name",
            "email",
            "is_account",
            "created_at",
        ] {
            if let Some(value) = body.get(key) {
                row.insert(key.into(), value.clone());
            }
        }
        if let Some(number) = body.get("number") {
            row.insert("number".into(), number_text(number));
        }
        if let (Some(meta), Value::Object(known)) = (
            body.get("meta").and_then(Value::as_object),
            row.entry("meta").or_insert_with(|| json!({})),
        ) {
            known.extend(meta.clone());
        }
        if let Some(token) = body.get("device_token").and_then(Value::as_str) {
            let devices = list(row, "devices");
            devices.retain(|device| device["token"] != json!(token));
            devices.push(json!({ "token": token, "platform": body["device_platform"] }));
            let surplus = devices.len().saturating_sub(MOST_DEVICES);
            devices.drain(..surplus);
        }
        for list in items(body, "lists").iter().filter_map(Value::as_str) {
            set_by_id(
                row,
                "lists",
                list,
                &json!({ "id": list, "subscribed": true }),
            );
        }
        for (account, role) in accounts {
            set_by_id(
                row,
                "accounts",
                &account,
                &json!({ "id": account, "role": role }),
            );
        }
        self.index(id);
    }

    /// Takes a user out of the index, before what it is looked up by changes.
    fn unindex(&mut self, id: &str) {
        let Some(row) = self.users.get(id) else {
            return;
        };
        for key in CONTACT_KEYS {
            let entry = (key, text(row, key).to_owned());
            if let Some(ids) = self.contacts.get_mut(&entry) {
                ids.remove(id);
                if ids.is_empty() {
                    self.contacts.remove(&entry);
                }
            }
        }
    }

    fn index(&mut self, id: &str) {
        let Some(row) = self.users.get(id) else {
            return;
        };
        for key in CONTACT_KEYS {
            let value = text(row, key);
            if !value.is_empty() {
                self.contacts
                    .entry((key, value.to_owned()))
                    .or_default()
                    .insert(id.to_owned());
            }
        }
    }

    /// Ids of the users that a body names by e-mail address, then by number.
    pub(super) fn named(&self, body: &Value) -> impl Iterator<Item = &String> {
        let found = CONTACT_KEYS.into_iter().filter_map(|key| {
            let value = number_text(body.get(key)?);
            self.contacts.get(&(key, value.as_str()?.to_owned()))
        });
        found.flatten()
    }

    pub(super) fn users_create(&mut self, body: &Value) -> Outcome {
        let uid = body["id"].as_str().unwrap_or_default();
        if uid.is_empty() {
            return Err(bad(
                "`id` is empty: give the user the id it has in your application",
            ));
        }
        if self.uids.contains_key(uid) {
            return Err(bad(format!(
                "User {uid} exists already: update it with PUT /users/{{uid}}"
            )));
        }
        self.referred(body)?;
        let id = self.add_user(uid, false);
        self.set(&id, body);
        Ok(self.shown(&id))
    }

    pub(super) fn users_update(&mut self, uid: &str, body: &Value) -> Outcome {
        self.referred(body)?;
        let id = match self.uids.get(uid) {
            Some(id) => id.clone(),
            None => self
                .claim(uid, body)
                .unwrap_or_else(|| self.add_user(uid, false)),
        };
        self.set(&id, body);
        let row = self.user(&id);
        row.remove("uid_updateable");
        Ok(self.shown(&id))
    }

    /// A user that has no id of the application yet and the same address or number gets the uid.
    fn claim(&mut self, uid: &str, body: &Value) -> Option<String> {
        let updateable = |id: &&String| {
            self.users
                .get(*id)
                .is_some_and(|row| flag(row, "uid_updateable"))
        };
        let id = self.named(body).find(updateable)?.clone();
        let before = self.uid_of(&id);
        self.uids.remove(&before);
        self.uids.insert(uid.to_owned(), id.clone());
        self.user(&id).insert("uid".into(), uid.into());
        Some(id)
    }

    fn forget(&mut self, id: &str) -> Option<Row> {
        self.unindex(id);
        let row = self.users.remove(id)?;
        self.uids.remove(text(&row, "uid"));
        Some(row)
    }

    pub(super) fn users_delete(&mut self, uid: &str) -> Outcome {
        let id = self.need(uid)?;
        self.forget(&id);
        self.events.retain(|event| event["uid"] != json!(uid));
        Ok(ok())
    }

    pub(super) fn users_list(&self, call: &Call) -> Outcome {
        let email = call.parameters.get("email");
        let lists = call
            .parameters
            .get("lists[]")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let on = |row: &Row, list: &Value| {
            row.get("lists")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|one| one["id"] == *list))
        };
        let pass = |row: &Row| {
            email.is_none_or(|email| row.get("email") == Some(email))
                && (lists.is_empty() || lists.iter().any(|list| on(row, list)))
        };
        pages::page(&self.users, call, pass, |row| self.shown_user(row))
    }

    pub(super) fn users_list_members(&self, uid: &str, call: &Call) -> Outcome {
        self.need(uid)?;
        let account = json!(uid);
        let pass = |row: &Row| {
            row.get("accounts")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|one| one["id"] == account))
        };
        pages::page(&self.users, call, pass, |row| self.shown_user(row))
    }

    pub(super) fn users_delete_attribute(&mut self, uid: &str, attribute: &str) -> Outcome {
        let id = self.need(uid)?;
        if let Some(Value::Object(meta)) = self.user(&id).get_mut("meta") {
            meta.shift_remove(attribute);
        }
        Ok(self.shown(&id))
    }

    pub(super) fn users_delete_device_token(&mut self, uid: &str, token: &str) -> Outcome {
        let id = self.need(uid)?;
        list(self.user(&id), "devices").retain(|device| device["token"] != json!(token));
        Ok(ok())
    }

    pub(super) fn track(&mut self, uid: &str, body: &Value) -> Result<(), Refused> {
        let name = body["event"].as_str().unwrap_or_default();
        if name.trim().is_empty() || name.chars().count() >= LONGEST_EVENT {
            return Err(bad(format!(
                "`event` must be shorter than {LONGEST_EVENT} characters and not empty"
            )));
        }
        let id = match self.uids.get(uid) {
            Some(id) => id.clone(),
            None => self.add_user(uid, false),
        };
        let at = format!("{}+00:00", now_iso());
        self.user(&id)
            .insert("last_interaction".into(), at.clone().into());
        let mut event = members(body);
        event.remove("type");
        event.remove("id");
        event.insert("uid".into(), uid.into());
        event.entry("timestamp").or_insert_with(|| at.into());
        self.events.push(Value::Object(event));
        Ok(())
    }

    /// Merges at once what the provider merges soon after; as there, an unknown source is no error.
    pub(super) fn users_merge(&mut self, body: &Value) -> Reply {
        let uid = |key: &str| body[key].as_str().unwrap_or_default();
        let (source, destination) = (uid("source"), uid("destination"));
        if source == destination {
            return queued();
        }
        let Some(id) = self.uids.get(source).cloned() else {
            return queued();
        };
        let Some(gone) = self.forget(&id) else {
            return queued();
        };
        let kept = match self.uids.get(destination) {
            Some(id) => id.clone(),
            None => self.add_user(destination, false),
        };
        for event in self
            .events
            .iter_mut()
            .filter(|event| event["uid"] == json!(source))
        {
            event["uid"] = json!(destination);
        }
        self.unindex(&kept);
        let row = self.user(&kept);
        for key in ["first_name", "last_name", "email", "number"] {
            if row.get(key).is_none_or(Value::is_null) {
                row.insert(key.into(), gone.get(key).cloned().unwrap_or_default());
            }
        }
        if let (Some(Value::Object(meta)), Some(Value::Object(known))) =
            (gone.get("meta"), row.get_mut("meta"))
        {
            for (name, value) in meta {
                known.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        for (key, name) in [("lists", "id"), ("accounts", "id"), ("devices", "token")] {
            let more = gone
                .get(key)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            let all = list(row, key);
            for one in more {
                if !all.iter().any(|known| known[name] == one[name]) {
                    all.push(one);
                }
            }
        }
        let devices = list(row, "devices");
        let surplus = devices.len().saturating_sub(MOST_DEVICES);
        devices.drain(..surplus);
        self.index(&kept);
        queued()
    }

    pub(super) fn users_archive(&mut self, uid: &str) -> Outcome {
        let id = self.need(uid)?;
        self.user(&id).insert("archived".into(), true.into());
        Ok(ok())
    }

    pub(super) fn users_convert(&mut self, uid: &str, body: &Value) -> Outcome {
        let id = self.need(uid)?;
        let is_account = match body["type"].as_str() {
            Some("account") => true,
            Some("customer") => false,
            _ => return Err(bad("`type` must be customer or account")),
        };
        self.user(&id)
            .insert("is_account".into(), is_account.into());
        Ok(self.shown(&id))
    }

    pub(super) fn users_set_lists(&mut self, uid: &str, body: &Value, add: bool) -> Outcome {
        let id = self.need(uid)?;
        if add {
            self.referred(body)?;
            self.set(&id, &json!({ "lists": body["lists"] }));
        } else {
            let gone: Vec<&Value> = items(body, "lists").iter().collect();
            list(self.user(&id), "lists").retain(|list| !gone.contains(&&list["id"]));
        }
        Ok(self.shown(&id))
    }

    pub(super) fn users_add_to_accounts(&mut self, uid: &str, body: &Value) -> Outcome {
        let id = self.need(uid)?;
        self.referred(body)?;
        self.set(&id, &json!({ "accounts": body["accounts"] }));
        Ok(self.shown(&id))
    }

    /// The user's membership that a path names, as position in its accounts.
    fn membership(&mut self, uid: &str, account: &str) -> Result<(String, usize), Refused> {
        let id = self.need(uid)?;
        let account = if self.users.contains_key(account) {
            self.uid_of(account)
        } else {
            account.to_owned()
        };
        let at = list(self.user(&id), "accounts")
            .iter()
            .position(|known| known["id"] == json!(account));
        let at =
            at.ok_or_else(|| missing(format!("User {uid} is no member of account {account}")))?;
        Ok((id, at))
    }

    pub(super) fn users_change_account_role(
        &mut self,
        uid: &str,
        account: &str,
        body: &Value,
    ) -> Outcome {
        let (id, at) = self.membership(uid, account)?;
        list(self.user(&id), "accounts")[at]["role"] = body["role"].clone();
        Ok(self.shown(&id))
    }

    pub(super) fn users_remove_from_account(&mut self, uid: &str, account: &str) -> Outcome {
        let (id, at) = self.membership(uid, account)?;
        list(self.user(&id), "accounts").remove(at);
        Ok(self.shown(&id))
    }

    /// The names that stand in any user's `meta`.
    pub(super) fn attributes_list(&self) -> Reply {
        let metas = self
            .users
            .values()
            .filter_map(|row| row.get("meta")?.as_object());
        let names: BTreeSet<&String> = metas.flat_map(|meta| meta.keys()).collect();
        Reply::Json(
            names
                .into_iter()
                .map(|name| json!({ "id": name, "name": name }))
                .collect(),
        )
    }
}
