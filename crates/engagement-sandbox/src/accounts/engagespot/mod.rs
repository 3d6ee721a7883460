//! An Engagespot app.
//!
//! Where Engagespot's documentation is silent, the sandbox behaves as follows:
//!
//! * **Statuses.** A missing notification, category, topic or subscription is 404. A second category or topic with the
//!   same identifier is 409. Users are always upserted.
//! * **Sending.** A send with neither `sendTo` nor `recipients` is 400; an empty audience is accepted. Unknown users are
//!   dropped when the send is accepted, preferences apply when it is delivered. A user who is named twice gets one copy;
//!   a subscriber of a topic gets one only if the subscription has the channel `inApp`. Texts of templates and workflows
//!   are in the console, so their identifier is used as title. Attachments are not delivered to the inbox. Where a value
//!   can be in two places, the newer place has precedence; `data` is merged by name.
//! * **Scheduled sends.** A send with a future `sendAt` is delivered when the sandbox's clock reaches that time, or when a
//!   test says so. A scheduled workflow run
//!   can be cancelled; an unknown cancellation key is no error.
//! * **Inbox.** A page has 15 notifications by default; a `limit` over 20 is 400. The filter `unread` means not clicked,
//!   `read` means clicked, and `interacted` means that a state was set. A click doesn't mark a notification as seen. A
//!   second view or click keeps the first time. Both respond with an empty object, because a client of Engagespot needs JSON. The `data` sent with a state is not stored, and tenants are ignored. The
//!   app can reach every notification by id, a user only its own.
//! * **Profiles.** Attributes are merged at the top level; `fcm` is merged one level deeper. A known device token is not
//!   added again. A patch that can't be applied is 400 and changes nothing; so is a patch with more than 1000
//!   operations, or one after which the profile exceeds 256 KiB. An identifier that is an e-mail address becomes the
//!   profile's `email` when the user is created, unless the profile has one.
//! * **Unregistered users.** They have an empty inbox, profile and list of preferences. Connecting, and every call that
//!   stores something for them, registers them. Subscribing unknown users to a topic skips them.
//! * **Deleting.** Deleting a category deletes its preferences; notifications keep its name. Deleting a user deletes
//!   inbox, preferences, devices and subscriptions.
//! * **Tokens.** A token whose `exp` has passed is refused. A key or user id sent with a token must match it.

mod account;
mod auth;
mod categories;
mod devices;
mod fields;
mod listing;
pub(super) mod model;
mod notifications;
mod outbox;
mod preferences;
mod profiles;
mod public_key;
mod sdk;
mod sends;
mod time;
mod tokens;
mod topics;
mod users;

use engagement_document::Operation;
use http::HeaderMap;

pub(crate) use account::EngagespotAccount;
use auth::require_user;
pub(crate) use public_key::public_key;

use crate::accounts::account::{Account, AccountSettings, RecordList};
use crate::accounts::call::Call;
use crate::accounts::message::Message;
use crate::accounts::response::{ApiResponse, ApiResult};

impl Account for EngagespotAccount {
    fn clone_account(&self) -> Box<dyn Account> {
        Box::new(self.clone())
    }

    fn attach(&mut self, settings: &AccountSettings) {
        self.clock = settings.clock.clone();
        self.credentials = settings.credentials.clone();
        self.sends.set_limit(settings.log_size);
        self.dropped.set_limit(settings.log_size);
    }

    fn save(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Reading a notification marks it as seen.
    fn only_reads(&self, operation: &Operation) -> bool {
        operation.method == "GET" && operation.id != "notifications_get"
    }

    fn call(&mut self, operation: &str, call: &Call) -> ApiResult {
        let body = &call.body;
        let topic = call.id("topicId");
        let identifier = call.text("identifier");
        match operation {
            "notifications_send" => self.notifications_send(body),
            "workflows_cancel_run" => Ok(self.cancel_run(identifier, body)),

            "notifications_list" => self.notifications_list(call),
            "notifications_get" => self.notifications_get(call),
            "notifications_delete" => self.notifications_delete(call),
            "notifications_mark_as_read" => self.mark(call, "clickedAt", true),
            "notifications_mark_as_unread" => self.mark(call, "clickedAt", false),
            "notifications_mark_as_seen" => self.mark(call, "seenAt", true),
            "notifications_mark_as_unseen" => self.mark(call, "seenAt", false),
            "notifications_change_state" => self.change_state(call),
            "notifications_mark_all_as_seen" => self.mark_all_as_seen(call),
            "notifications_mark_all_as_read" => self.mark_all_as_read(call),
            "notifications_delete_all" => self.delete_all(call),

            "users_create" => self.users_create(body),
            "users_create_or_update" => self.users_create_or_update(identifier, body),
            "users_delete" => self.users_delete(identifier),
            "profile_get" => Ok(self.profile_get(&require_user(call)?)),
            "profile_update" => self.profile_update(&require_user(call)?, body),
            "profile_patch" => self.profile_patch(&require_user(call)?, body),
            "preferences_list" => Ok(self.preferences_list(&require_user(call)?)),
            "preferences_update" => self.preferences_update(&require_user(call)?, body),

            "categories_list" => Ok(ApiResponse::Json(self.categories_view())),
            "categories_create" => self.categories_create(body),
            "categories_delete" => self.categories_delete(call.id("categoryId")),

            "topics_create" => self.topics_create(body),
            "topics_update" => self.topics_update(topic, body),
            "topics_delete" => self.topics_delete(topic),
            "topics_subscribe_users" => self.topics_subscribe(topic, body),
            "topics_unsubscribe_users" => self.topics_unsubscribe(topic, body),
            "topics_update_user_channels" => self.topics_set_channels(topic, identifier, body),
            "topics_list_user_subscriptions" => Ok(self.topics_of(identifier)),

            "sdk_connect" => self.connect(call),
            "sdk_create_realtime_token_request" => self.realtime_token_request(call),
            "devices_attach_web_push_subscription" => self.attach_web_push(call),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn authenticate(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
    ) -> Option<Result<Vec<String>, String>> {
        let credentials = &self.credentials;
        let now = self.clock.seconds();
        Some(self.auth_rules.check(operation, headers, credentials, now))
    }

    fn tick(&mut self) -> bool {
        self.deliver_due() > 0
    }

    fn outbox(&self) -> Vec<Message> {
        self.delivered_messages()
    }

    fn records(&self, limit: usize) -> Vec<RecordList> {
        self.listing(limit)
    }
}
