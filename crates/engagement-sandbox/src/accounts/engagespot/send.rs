//! Sending, at once or later.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::users::texts;
use super::{State, time};
use crate::EngagespotSend;
use crate::accounts::call::{Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, items, members, now_seconds};

/// The channel that leads to the inbox.
const INBOX: &str = "inApp";

/// A send that was accepted.
pub(super) struct Accepted {
    sent: EngagespotSend,
    /// Who of the recipients it reaches over which channels; none of the latter for all.
    channels: BTreeMap<String, Option<BTreeSet<String>>>,
}

/// What Engagespot is known to say of a wrong body.
pub(crate) fn complaint(operation: &str, body: &Value) -> Option<&'static str> {
    let wrong = operation == "notifications_send" && !body["notification"].is_object();
    wrong.then_some("notification must be an object")
}

fn is_text(value: &Value, key: &str) -> bool {
    value[key].as_str().is_some_and(|text| !text.is_empty())
}

/// Checks what has no schema.
fn check(body: &Value) -> Result<bool, Refused> {
    let notification = &body["notification"];
    let has_content = is_text(notification, "title")
        || is_text(notification, "templateIdentifier")
        || ["workflow", "templateId", "content"]
            .iter()
            .any(|key| !notification[*key].is_null());
    if !has_content {
        return Err(bad(
            "notification must have a title, a workflow or a template",
        ));
    }
    if body["sendTo"].is_null() && body["recipients"].is_null() {
        return Err(bad("sendTo should not be empty"));
    }
    match body["sendAt"].as_str() {
        None => Ok(false),
        Some(text) => {
            let at = time::seconds(text)
                .ok_or_else(|| bad("sendAt must be a valid ISO 8601 date string"))?;
            Ok(at > now_seconds())
        }
    }
}

/// The notification as every recipient finds it, but for id, time and category.
fn content(body: &Value) -> Row {
    let notification = &body["notification"];
    let instead = || {
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
    let mut data = members(&body["data"]);
    data.extend(members(&notification["data"]));
    data.shift_remove("attachments");
    members(&json!({
        "id": null,
        "title": if title.is_null() { instead() } else { title.clone() },
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

impl State {
    pub(super) fn notifications_send(&mut self, body: &Value) -> Outcome {
        let waiting = check(body)?;
        if let Some(identifier) = category(body) {
            self.known_category(identifier);
        }
        let channels = self.audience(body);
        let id = self.id();
        let request_id = format!("{id:08x}-0000-4000-8000-{:012x}", now_seconds());
        let sent = EngagespotSend {
            request_id: request_id.clone(),
            recipients: channels.keys().cloned().collect(),
            cancelled: Vec::new(),
            waiting,
            body: body.clone(),
        };
        self.sends.push(Accepted { sent, channels });
        if !waiting {
            self.deliver_send(self.sends.len() - 1);
        }
        Ok(Reply::Json(json!({ "requestId": request_id })))
    }

    /// Whom a send reaches. Inline recipients are made or changed, unknown ones noted.
    fn audience(&mut self, body: &Value) -> BTreeMap<String, Option<BTreeSet<String>>> {
        let mut found = BTreeMap::new();
        let send_to = &body["sendTo"];
        let lists = [
            ("sendTo/recipients", items(send_to, "recipients")),
            ("recipients", items(body, "recipients")),
        ];
        for (place, recipients) in lists {
            for (at, recipient) in recipients.iter().enumerate() {
                let identifier = recipient.get("identifier").unwrap_or(recipient);
                if let (Some(text), true) = (identifier.as_str(), recipient.is_object()) {
                    let mut attributes = members(recipient);
                    attributes.shift_remove("identifier");
                    self.upsert(text, attributes);
                }
                let place = format!("{place}/{at}");
                found.extend(self.registered(identifier, &place).map(|user| (user, None)));
            }
        }
        for (at, identifier) in texts(send_to, "topics").iter().enumerate() {
            let topic = self
                .topics
                .values()
                .find(|topic| topic.identifier == *identifier);
            let Some(topic) = topic else {
                self.dropped.push(format!(
                    "sendTo/topics/{at}: there is no topic `{identifier}`"
                ));
                continue;
            };
            for (user, channels) in &topic.subscribers {
                let all = found
                    .entry(user.clone())
                    .or_insert_with(|| Some(BTreeSet::new()));
                if let Some(all) = all {
                    all.extend(channels.iter().cloned());
                }
            }
        }
        found
    }

    /// Puts a send into the inboxes that it may reach.
    fn deliver_send(&mut self, at: usize) {
        let Some(accepted) = self.sends.get_mut(at) else {
            return;
        };
        accepted.sent.waiting = false;
        let body = accepted.sent.body.clone();
        let recipients = accepted.channels.clone();
        let only = &body["override"]["channels"];
        if only.is_array() && !items(&body["override"], "channels").contains(&json!(INBOX)) {
            return;
        }
        let category = category(&body).map(|identifier| self.known_category(identifier));
        let mut row = content(&body);
        if let Some(id) = category {
            row.insert("category".into(), self.short_category(id));
        }
        for (user, channels) in recipients {
            let subscribed = channels.is_none_or(|channels| channels.contains(INBOX));
            // Who was deleted while the send waited is not made anew.
            let Some(known) = self.users.get(&user) else {
                continue;
            };
            let rules = category.and_then(|id| known.preferences.get(&id));
            let refuses = rules.is_some_and(|rules| rules.contains(&(INBOX.to_owned(), false)));
            if subscribed && !refuses {
                self.deliver(&user, row.clone());
            }
        }
    }

    /// Delivers what waits, and says how many sends that were.
    pub(crate) fn deliver_scheduled(&mut self) -> usize {
        let waits = |accepted: &Accepted| accepted.sent.waiting;
        let waiting: Vec<usize> = (0..self.sends.len())
            .filter(|&at| self.sends.get(at).is_some_and(waits))
            .collect();
        for &at in &waiting {
            self.deliver_send(at);
        }
        waiting.len()
    }

    pub(crate) fn sent(&self) -> Vec<EngagespotSend> {
        self.sends
            .iter()
            .map(|accepted| accepted.sent.clone())
            .collect()
    }

    /// Takes recipients off the runs that wait, all or those that are named.
    pub(super) fn cancel_run(&mut self, workflow: &str, body: &Value) -> Reply {
        let only = body.get("cancelFor").map(|only| texts(only, "recipients"));
        for accepted in &mut self.sends {
            let sent = &mut accepted.sent;
            let run = &sent.body["notification"]["workflow"];
            if !sent.waiting
                || run["identifier"] != workflow
                || run["cancellationKey"] != body["cancellationKey"]
            {
                continue;
            }
            let (gone, left): (Vec<String>, Vec<String>) = sent
                .recipients
                .drain(..)
                .partition(|user| only.as_ref().is_none_or(|only| only.contains(user)));
            sent.recipients = left;
            for user in &gone {
                accepted.channels.remove(user);
            }
            sent.cancelled.extend(gone);
            sent.waiting = !sent.recipients.is_empty();
        }
        Reply::Done
    }
}
