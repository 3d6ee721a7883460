//! An Engage workspace.

mod lists;
mod pages;
mod send;
mod users;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Message;
use crate::accounts::call::{Call, Outcome, Reply};
use crate::accounts::values::{Row, now_seconds};
use crate::provider::{self, Platform, Provider};

/// One workspace.
pub(crate) struct State {
    /// The first half of ids, so that they look like the provider's and grow.
    started: i64,
    next_id: u64,
    /// Users by id.
    users: BTreeMap<String, Row>,
    /// Ids of users by uid.
    uids: HashMap<String, String>,
    /// Ids of users by e-mail address and by number, either with its key's name.
    contacts: HashMap<(&'static str, String), BTreeSet<String>>,
    /// Lists by id.
    lists: BTreeMap<String, Row>,
    events: Vec<Value>,
    messages: Vec<Message>,
    dropped: Vec<String>,
    /// For the items of batches, which are looked at one by one.
    batch_item: Option<Validator>,
}

impl State {
    pub(crate) fn new(provider: &Provider) -> Self {
        let schemas = &provider.document.schemas;
        let batch_item = schemas
            .get("BatchItem")
            .and_then(|schema| provider::validator(schemas, schema));
        Self {
            started: now_seconds(),
            next_id: 1,
            users: BTreeMap::new(),
            uids: HashMap::new(),
            contacts: HashMap::new(),
            lists: BTreeMap::new(),
            events: Vec::new(),
            messages: Vec::new(),
            dropped: Vec::new(),
            batch_item,
        }
    }

    /// An id of 24 hexadecimal digits, greater than all before.
    fn id(&mut self) -> String {
        let id = format!("{:08x}{:016x}", self.started, self.next_id);
        self.next_id += 1;
        id
    }
}

fn ok() -> Reply {
    Reply::Json(json!({ "status": "ok" }))
}

fn queued() -> Reply {
    Reply::Json(json!({ "status": "queued" }))
}

impl Platform for State {
    fn call(&mut self, operation: &str, call: &Call) -> Outcome {
        let uid = call.text("uid");
        let body = &call.body;
        match operation {
            "users_create" => self.users_create(body),
            "users_get" => self.need(uid).map(|id| self.shown(&id)),
            "users_update" => self.users_update(uid, body),
            "users_delete" => self.users_delete(uid),
            "users_list" => self.users_list(call),
            "users_delete_attribute" => self.users_delete_attribute(uid, call.text("attribute")),
            "users_delete_device_token" => self.users_delete_device_token(uid, call.text("token")),
            "users_track" => self.track(uid, body).map(|()| ok()),
            "users_merge" => Ok(self.users_merge(body)),
            "users_archive" => self.users_archive(uid),
            "users_convert" => self.users_convert(uid, body),
            "users_add_to_lists" => self.users_set_lists(uid, body, true),
            "users_remove_from_lists" => self.users_set_lists(uid, body, false),
            "users_add_to_accounts" => self.users_add_to_accounts(uid, body),
            "users_change_account_role" => {
                self.users_change_account_role(uid, call.text("aid"), body)
            }
            "users_remove_from_account" => self.users_remove_from_account(uid, call.text("aid")),
            "users_list_members" => self.users_list_members(uid, call),
            "attributes_list" => Ok(self.attributes_list()),

            "lists_create" => Ok(self.lists_create(body)),
            "lists_list" => self.lists_list(call),
            "lists_get" => self
                .list(call.text("id"))
                .map(|list| Reply::Json(self.shown_list(list))),
            "lists_update" => self.lists_update(call.text("id"), body),
            "lists_archive" => self.lists_archive(call.text("id")),
            "lists_subscribe" => self.lists_subscribe(call.text("id"), body),
            "lists_update_subscriber" => self.lists_update_subscriber(call.text("id"), uid, body),
            "lists_remove_subscriber" => self.lists_remove_subscriber(call.text("id"), uid),
            "ingest_list_form" => self.submit_form(call.text("list_id"), body),

            "send_email" => self.send_email(body),
            "send_sms" => Ok(self.send_sms(body)),
            "batch_queue" => self.batch(call),
            _ => Ok(Reply::Example),
        }
    }

    fn messages(&self) -> Vec<Message> {
        self.messages.clone()
    }

    fn events(&self) -> Vec<Value> {
        self.events.clone()
    }

    fn dropped(&self) -> Vec<String> {
        self.dropped.clone()
    }
}
