//! Which messages are listed.

use super::answer::Result;
use super::messages::channel_name;
use super::query::Query;
use crate::accounts::{Channel, Message};
use crate::http::state::ServerState;

/// The parameters that select messages.
pub(super) const PARAMETERS: [&str; 6] = ["provider", "channel", "to", "q", "limit", "wait"];
/// The number of messages that are listed if the query doesn't say.
const DEFAULT_LIMIT: usize = 500;
/// The longest time that a request may wait for a message, in seconds.
const MAX_WAIT: u64 = 60;

const CHANNELS: [Channel; 6] = [
    Channel::Email,
    Channel::Sms,
    Channel::Whatsapp,
    Channel::Push,
    Channel::WebPush,
    Channel::InApp,
];

/// Which messages are listed.
pub(super) struct MessageFilter {
    provider: Option<String>,
    channel: Option<Channel>,
    to: Option<String>,
    text: Option<String>,
    pub(super) limit: usize,
    /// For how many seconds a request waits for the first message.
    pub(super) wait: u64,
}

impl MessageFilter {
    pub(super) fn new(query: &Query, state: &ServerState) -> Result<Self> {
        let channel = query.one_of("channel", &CHANNELS.map(channel_name))?;
        let wait: Option<u64> = query.number("wait")?;
        Ok(Self {
            provider: query.provider(state)?.map(str::to_owned),
            channel: CHANNELS
                .into_iter()
                .find(|one| Some(channel_name(*one)) == channel),
            to: query.text("to").map(str::to_owned),
            text: query.text("q").map(str::to_lowercase),
            limit: query.number("limit")?.unwrap_or(DEFAULT_LIMIT),
            wait: wait.unwrap_or_default().min(MAX_WAIT),
        })
    }

    pub(super) fn matches(&self, message: &Message) -> bool {
        let to = |wanted: &String| message.to.iter().any(|to| to.eq_ignore_ascii_case(wanted));
        self.provider
            .as_ref()
            .is_none_or(|name| name == message.provider)
            && self
                .channel
                .is_none_or(|channel| channel == message.channel)
            && self.to.as_ref().is_none_or(to)
            && self
                .text
                .as_ref()
                .is_none_or(|text| contains(message, text))
    }
}

/// Whether a message has a text, in lower case.
fn contains(message: &Message, text: &str) -> bool {
    let texts = [
        &message.subject,
        &message.text,
        &message.html,
        &message.template,
        &message.from,
    ];
    let mut texts = texts.into_iter().chain(&message.to);
    texts.any(|known| known.to_lowercase().contains(text))
        || channel_name(message.channel).contains(text)
}
