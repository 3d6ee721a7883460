//! Sending notifications, immediately or at a later time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::account::EngagespotAccount;
use super::fields::texts;
use super::model::{AcceptedSend, EngagespotSend};
use super::time;
use crate::accounts::json::{Object, array, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// The channel of the inbox.
const INBOX_CHANNEL: &str = "inApp";

/// Whether a field is text that is not empty.
fn has_text(value: &Value, field: &str) -> bool {
    value[field].as_str().is_some_and(|text| !text.is_empty())
}

/// Checks what the schema can't express. Returns the time of a send that is scheduled for later, in seconds since 1970.
fn check(body: &Value, now: i64) -> Result<Option<i64>, ApiError> {
    let notification = &body["notification"];
    let has_content = has_text(notification, "title")
        || has_text(notification, "templateIdentifier")
        || ["workflow", "templateId", "content"]
            .iter()
            .any(|field| !notification[*field].is_null());
    if !has_content {
        return Err(bad_request(
            "notification must have a title, a workflow or a template",
        ));
    }
    if body["sendTo"].is_null() && body["recipients"].is_null() {
        return Err(bad_request("sendTo should not be empty"));
    }
    match body["sendAt"].as_str() {
        None => Ok(None),
        Some(text) => {
            let at = time::seconds(text)
                .ok_or_else(|| bad_request("sendAt must be a valid ISO 8601 date string"))?;
            Ok(Some(at).filter(|&at| at > now))
        }
    }
}

/// Whether a value is a list of files.
fn are_files(value: &Value) -> bool {
    let is_file = |item: &Value| {
        let fields = ["content", "name", "contentType"];
        fields.iter().all(|field| item[field].is_string())
    };
    value
        .as_array()
        .is_some_and(|items| items.iter().all(is_file))
}

/// The notification that every recipient gets, without id, time and category.
fn notification_record(body: &Value) -> Object {
    let notification = &body["notification"];
    let default_title = || {
        let identifiers = [
            &notification["workflow"]["identifier"],
            &notification["templateIdentifier"],
            &notification["templateId"],
        ];
        let first = identifiers.into_iter().find(|value| !value.is_null());
        match first {
            Some(Value::Number(id)) => id.to_string().into(),
            other => other.cloned().unwrap_or_default(),
        }
    };
    let title = &notification["title"];
    let mut data = to_object(&body["data"]);
    data.extend(to_object(&notification["data"]));
    // Files belong to e-mails; a variable of the caller's may have the name too.
    if data.get("attachments").is_some_and(are_files) {
        data.shift_remove("attachments");
    }
    to_object(&json!({
        "id": null,
        "title": if title.is_null() { default_title() } else { title.clone() },
        "message": notification["message"],
        "icon": notification["icon"],
        "url": notification["url"],
        "data": if data.is_empty() { Value::Null } else { data.into() },
        "category": null,
        "blocks": [],
        "createdAt": null,
        "seenAt": null,
        "clickedAt": null,
        "state": null,
    }))
}

/// The identifier of the category that a send names.
fn category(body: &Value) -> Option<&str> {
    let newer = body["notification"]["category"].as_str();
    newer
        .or(body["category"].as_str())
        .filter(|identifier| !identifier.is_empty())
}

impl EngagespotAccount {
    pub(super) fn notifications_send(&mut self, body: &Value) -> ApiResult {
        let due = check(body, self.clock.seconds())?;
        if let Some(identifier) = category(body) {
            self.category_for_send(identifier);
        }
        let audience = self.audience(body);
        let id = self.next_id();
        let request_id = format!("{id:08x}-0000-4000-8000-{:012x}", self.clock.seconds());
        let send = EngagespotSend {
            request_id: request_id.clone(),
            recipients: audience.keys().cloned().collect(),
            cancelled: Vec::new(),
            scheduled: due.is_some(),
            body: body.clone(),
        };
        let accepted = AcceptedSend {
            send,
            due,
            delivered: None,
            audience,
        };
        // A scheduled send is kept until it is delivered.
        self.sends
            .push_unless(accepted, |accepted| accepted.send.scheduled);
        if due.is_none() {
            self.deliver_send(self.sends.len() - 1);
        }
        Ok(ApiResponse::Json(json!({ "requestId": request_id })))
    }

    /// The recipients of a send. Inline users are created or changed. Unknown ones are dropped and listed.
    fn audience(&mut self, body: &Value) -> BTreeMap<String, Option<BTreeSet<String>>> {
        let mut found = BTreeMap::new();
        let send_to = &body["sendTo"];
        let lists = [
            ("sendTo/recipients", array(send_to, "recipients")),
            ("recipients", array(body, "recipients")),
        ];
        for (path, recipients) in lists {
            for (index, recipient) in recipients.iter().enumerate() {
                let identifier = recipient.get("identifier").unwrap_or(recipient);
                if let (Some(text), true) = (identifier.as_str(), recipient.is_object()) {
                    let mut attributes = to_object(recipient);
                    attributes.shift_remove("identifier");
                    self.upsert(text, attributes);
                }
                let path = format!("{path}/{index}");
                found.extend(
                    self.registered_user(identifier, &path)
                        .map(|user| (user, None)),
                );
            }
        }
        self.add_subscribers(texts(send_to, "topics"), &mut found);
        found
    }

    /// Adds the subscribers of topics to the recipients of a send. Unknown topics are dropped and listed.
    fn add_subscribers(
        &mut self,
        topics: Vec<String>,
        audience: &mut BTreeMap<String, Option<BTreeSet<String>>>,
    ) {
        for (index, identifier) in topics.iter().enumerate() {
            let topic = self
                .topics
                .values()
                .find(|topic| topic.identifier == *identifier);
            let Some(topic) = topic else {
                self.dropped.push(format!(
                    "sendTo/topics/{index}: there is no topic `{identifier}`"
                ));
                continue;
            };
            for (user, channels) in &topic.subscribers {
                let known = audience
                    .entry(user.clone())
                    .or_insert_with(|| Some(BTreeSet::new()));
                if let Some(known) = known {
                    known.extend(channels.iter().cloned());
                }
            }
        }
    }

    /// Adds the notification of a send to the inboxes of its recipients.
    fn deliver_send(&mut self, index: usize) {
        let now = self.clock.now();
        let Some(accepted) = self.sends.get_mut(index) else {
            return;
        };
        accepted.send.scheduled = false;
        accepted.delivered = Some(now);
        let body = accepted.send.body.clone();
        let recipients = accepted.audience.clone();
        let only = &body["override"]["channels"];
        if only.is_array() && !array(&body["override"], "channels").contains(&json!(INBOX_CHANNEL))
        {
            return;
        }
        let category = category(&body).map(|identifier| self.category_for_send(identifier));
        let mut record = notification_record(&body);
        if let Some(id) = category {
            record.insert("category".into(), self.category_summary(id));
        }
        for (user, channels) in recipients {
            let subscribed = channels.is_none_or(|channels| channels.contains(INBOX_CHANNEL));
            // A user who was deleted since the send was accepted is not created again.
            let Some(known) = self.users.get(&user) else {
                continue;
            };
            let rules = category.and_then(|id| known.preferences.get(&id));
            let disabled =
                rules.is_some_and(|rules| rules.contains(&(INBOX_CHANNEL.to_owned(), false)));
            if subscribed && !disabled {
                self.deliver(&user, record.clone());
            }
        }
    }

    /// Delivers the scheduled sends, and returns their number.
    pub(crate) fn deliver_scheduled(&mut self) -> usize {
        self.deliver_sends(|_| true)
    }

    /// Delivers the scheduled sends whose time has come, and returns their number.
    pub(super) fn deliver_due(&mut self) -> usize {
        let now = self.clock.seconds();
        self.deliver_sends(|due| due <= now)
    }

    fn deliver_sends(&mut self, is_due: impl Fn(i64) -> bool) -> usize {
        let is_scheduled =
            |accepted: &AcceptedSend| accepted.send.scheduled && accepted.due.is_some_and(&is_due);
        let sends = self.sends.iter().enumerate();
        let scheduled = sends.filter(|(_, accepted)| is_scheduled(accepted));
        let scheduled: Vec<usize> = scheduled.map(|(index, _)| index).collect();
        for &index in &scheduled {
            self.deliver_send(index);
        }
        scheduled.len()
    }

    /// The accepted sends, oldest first.
    pub(crate) fn sends(&self) -> Vec<EngagespotSend> {
        self.sends
            .iter()
            .map(|accepted| accepted.send.clone())
            .collect()
    }

    /// Cancels scheduled runs, for all recipients or for those of the body.
    pub(super) fn cancel_run(&mut self, workflow: &str, body: &Value) -> ApiResponse {
        let only = body.get("cancelFor").map(|only| texts(only, "recipients"));
        for accepted in self.sends.iter_mut() {
            let send = &mut accepted.send;
            let run = &send.body["notification"]["workflow"];
            if !send.scheduled
                || run["identifier"] != workflow
                || run["cancellationKey"] != body["cancellationKey"]
            {
                continue;
            }
            let (cancelled, left): (Vec<String>, Vec<String>) = send
                .recipients
                .drain(..)
                .partition(|user| only.as_ref().is_none_or(|only| only.contains(user)));
            send.recipients = left;
            for user in &cancelled {
                accepted.audience.remove(user);
            }
            send.cancelled.extend(cancelled);
            send.scheduled = !send.recipients.is_empty();
        }
        ApiResponse::Empty
    }
}
