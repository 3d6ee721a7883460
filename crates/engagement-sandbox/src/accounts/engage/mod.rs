//! An Engage workspace.

mod account;
mod batches;
mod events;
mod fields;
mod index;
mod listing;
mod lists;
mod memberships;
mod merge;
mod messages;
pub(super) mod model;
mod outbox;
mod pagination;
mod responses;
mod users;

pub(crate) use account::EngageAccount;
use responses::ok;

use crate::accounts::account::{Account, AccountSettings, RecordList};
use crate::accounts::call::Call;
use crate::accounts::message::Message;
use crate::accounts::response::{ApiResponse, ApiResult};

impl Account for EngageAccount {
    fn clone_account(&self) -> Box<dyn Account> {
        Box::new(self.clone())
    }

    fn attach(&mut self, settings: &AccountSettings) {
        self.clock = settings.clock.clone();
        self.events.set_limit(settings.log_size);
        self.messages.set_limit(settings.log_size);
        self.dropped.set_limit(settings.log_size);
    }

    fn save(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    fn call(&mut self, operation: &str, call: &Call) -> ApiResult {
        let uid = call.text("uid");
        let body = &call.body;
        match operation {
            "users_create" => self.users_create(body),
            "users_get" => self.user_id(uid).map(|id| self.user_response(&id)),
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
                .map(|list| ApiResponse::Json(self.list_view(list))),
            "lists_update" => self.lists_update(call.text("id"), body),
            "lists_archive" => self.lists_archive(call.text("id")),
            "lists_subscribe" => self.lists_subscribe(call.text("id"), body),
            "lists_update_subscriber" => self.lists_update_subscriber(call.text("id"), uid, body),
            "lists_remove_subscriber" => self.lists_remove_subscriber(call.text("id"), uid),
            "ingest_list_form" => self.submit_form(call.text("list_id"), body),

            "send_email" => self.send_email(body),
            "send_sms" => Ok(self.send_sms(body)),
            "batch_queue" => self.batch(call),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn tick(&mut self) -> bool {
        self.apply_due_batches()
    }

    fn outbox(&self) -> Vec<Message> {
        self.sent_messages()
    }

    fn records(&self, limit: usize) -> Vec<RecordList> {
        self.listing(limit)
    }
}
