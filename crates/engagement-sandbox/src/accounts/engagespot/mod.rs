//! An Engagespot app.
//!
//! What Engagespot doesn't document is the sandbox's own choice:
//!
//! * **Statuses.** A notification, category, topic or subscription that isn't there is 404, a second category or topic
//!   with an identifier that is taken is 409, and users are upserted however they are made.
//! * **Sending.** Neither `sendTo` nor `recipients` is 400, an empty audience is accepted. Who is unknown is found out
//!   when the send is accepted, what preferences say when it is delivered. A user who is named twice gets one copy, and
//!   through a topic only if the subscription has the channel `inApp`. Texts of templates and workflows live in the
//!   console, so their identifier stands for a title. Attachments don't go to the inbox. Where a value may stand in two
//!   places, the newer one wins, for `data` name by name.
//! * **Waiting.** A send waits while `sendAt` is in the future, and only until a test delivers it: time alone does
//!   nothing. A workflow run can be cancelled while it waits; a key that no waiting run has is no error.
//! * **Inbox.** Pages have 15 notifications unless `limit` says otherwise; over 20 is 400. The filter `unread` means not
//!   clicked, `read` clicked and `interacted` that a state was set. Clicking doesn't count as seeing. A second view or
//!   click keeps the first time. The `data` that comes with a state is not kept, and there are no tenants. To the app,
//!   every notification is reachable by its id; to a user only the own ones.
//! * **Profiles.** Attributes are merged at the top level; only `fcm` is looked into. A token that is there already is
//!   not added again. A patch that can't be applied is 400 and changes nothing; so is one of more than 1000 operations,
//!   or one that makes a profile larger than 256 KiB. An e-mail address as identifier becomes the profile's `email`
//!   when the user is made, unless one is given.
//! * **Users that nobody made.** They have an empty inbox, profile and list of preferences; connecting, and whatever
//!   stores something for them, makes them. Subscribing unknown users to a topic skips them.
//! * **Deleting.** With a category go the preferences for it, while notifications keep its name. With a user go inbox,
//!   preferences, devices and subscriptions.
//! * **Tokens.** An `exp` that has passed is refused. Beside a token, key and user id must be those in the token.

mod access;
mod front;
mod inbox;
mod send;
mod settings;
mod time;
mod topics;
mod users;

use std::collections::BTreeMap;

use engagement_document::Operation;
use http::HeaderMap;

use self::access::Rules;
use self::inbox::Notification;
use self::send::Accepted;
use self::topics::Topic;
use self::users::User;
use crate::accounts::call::{Call, Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, now_iso};
use crate::http::auth::Credentials;
use crate::provider::{Platform, Provider};

pub(crate) use self::access::public_key;
pub(crate) use self::send::complaint;

/// One app.
pub(crate) struct State {
    last_id: i64,
    rules: Rules,
    /// Users by identifier.
    users: BTreeMap<String, User>,
    /// All inboxes, by id.
    notifications: BTreeMap<i64, Notification>,
    /// Categories by id.
    categories: BTreeMap<i64, Row>,
    /// Topics by id.
    topics: BTreeMap<i64, Topic>,
    sends: Vec<Accepted>,
    dropped: Vec<String>,
}

impl State {
    pub(crate) fn new(_: &Provider) -> Self {
        Self {
            last_id: 0,
            rules: Rules::default(),
            users: BTreeMap::new(),
            notifications: BTreeMap::new(),
            categories: BTreeMap::new(),
            topics: BTreeMap::new(),
            sends: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// Changes who may call.
    pub(crate) fn rules(&mut self) -> &mut Rules {
        &mut self.rules
    }

    /// A number that nothing had before.
    fn id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }
}

/// Now, as Engagespot writes it.
fn now() -> String {
    format!("{}Z", now_iso())
}

/// The user that a call is made for, or why there is none.
fn need_user(call: &Call) -> Result<String, Refused> {
    access::user(call).ok_or_else(|| {
        bad("this call is made for a user: send X-ENGAGESPOT-USER-ID or a user's token")
    })
}

impl Platform for State {
    fn call(&mut self, operation: &str, call: &Call) -> Outcome {
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
            "profile_get" => Ok(self.profile_get(&need_user(call)?)),
            "profile_update" => self.profile_update(&need_user(call)?, body),
            "profile_patch" => self.profile_patch(&need_user(call)?, body),
            "preferences_list" => Ok(self.preferences_list(&need_user(call)?)),
            "preferences_update" => self.preferences_update(&need_user(call)?, body),

            "categories_list" => Ok(Reply::Json(self.shown_categories())),
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
            _ => Ok(Reply::Example),
        }
    }

    fn authorise(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        credentials: &Credentials,
    ) -> Option<Result<Vec<String>, String>> {
        Some(self.rules.check(operation, headers, credentials))
    }

    fn dropped(&self) -> Vec<String> {
        self.dropped.clone()
    }
}
