//! The messages that would have reached people.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::answer::{self, Problem, Result};
use super::inert_html::inert_html;
use super::masks::Masks;
use super::message_filter::MessageFilter;
use super::request_view::time;
use super::routes::Call;
use crate::accounts::{Channel, Message};
use crate::handles::Outbox;
use crate::http::state::ServerState;

/// The policy of the HTML of a message: it is shown without scripts, forms, an origin, and anything that is not in it. Only
/// the page of the sandbox may contain it.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'self'";

/// The name of a channel in the API.
pub(super) fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
        Channel::Whatsapp => "whatsapp",
        Channel::Push => "push",
        Channel::WebPush => "web-push",
        Channel::InApp => "in-app",
    }
}

/// All messages, oldest first, with keys: the messages of a send share its id, so the key also counts them.
fn all(state: &ServerState) -> Vec<(String, Message)> {
    let outbox = Outbox::new(state);
    let mut counts: HashMap<(&str, &str), usize> = HashMap::new();
    let key =
        |message: &Message, count: usize| format!("{}-{}-{count}", message.provider, message.id);
    let keyed = outbox.iter().map(|message| {
        let count = counts.entry((message.provider, &message.id)).or_default();
        *count += 1;
        (key(message, *count), message.clone())
    });
    keyed.collect()
}

fn view(key: &str, message: &Message, masks: &Masks) -> Value {
    json!({
        "key": key,
        "id": message.id,
        "provider": message.provider,
        "channel": channel_name(message.channel),
        "to": message.to,
        "from": message.from,
        "subject": masks.text(&message.subject),
        "text": masks.text(&message.text),
        "hasHtml": !message.html.is_empty(),
        "template": message.template,
        "data": masks.json(&message.data),
        "sentAt": time(message.sent_at),
    })
}

/// Newest first.
pub(super) fn list(call: &Call) -> Result {
    let filter = MessageFilter::new(&call.query, &call.state)?;
    let (messages, masks) = (all(&call.state), call.masks());
    let found = messages
        .iter()
        .rev()
        .filter(|(_, message)| filter.matches(message));
    let found = found
        .take(filter.limit)
        .map(|(key, message)| view(key, message, &masks));
    let found: Vec<Value> = found.collect();
    answer::ok(&json!({ "count": messages.len(), "messages": found }))
}

/// Waits until there is a message, or the time is over.
pub(super) async fn wait(call: &Call) -> Result<()> {
    let filter = MessageFilter::new(&call.query, &call.state)?;
    let search = async {
        loop {
            // A message between the search and the wait wakes it too.
            let mut changed = std::pin::pin!(call.state.changed.notified());
            changed.as_mut().enable();
            if Outbox::new(&call.state)
                .iter()
                .any(|message| filter.matches(message))
            {
                return;
            }
            changed.await;
        }
    };
    // Without one, the list is empty.
    let _ = timeout(Duration::from_secs(filter.wait), search).await;
    Ok(())
}

fn find(call: &Call) -> Result<Message> {
    let mut messages = all(&call.state).into_iter();
    let found = messages.find(|(key, _)| *key == call.parameter);
    found.map(|(_, message)| message).ok_or_else(|| {
        let message = format!(
            "there is no message {}, or it is no longer kept",
            call.parameter
        );
        Problem::not_found(message)
    })
}

/// A message with its HTML as text.
pub(super) fn get(call: &Call) -> Result {
    let (message, masks) = (find(call)?, call.masks());
    let mut view = view(&call.parameter, &message, &masks);
    view["html"] = masks.text(&message.html).into();
    answer::ok(&view)
}

/// The HTML of a message, for a frame of the page.
pub(super) fn html(call: &Call) -> Result {
    let message = find(call)?;
    if message.html.is_empty() {
        return Err(Problem::not_found("the message has no HTML"));
    }
    let html = inert_html(&call.masks().text(&message.html));
    Ok(answer::untrusted_html(html, POLICY))
}
