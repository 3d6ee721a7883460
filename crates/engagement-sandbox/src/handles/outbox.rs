//! The messages that would have reached people.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use tokio::time::timeout;

use crate::accounts::{Channel, Message};
use crate::http::service::Service;
use crate::http::state::ServerState;

/// The messages that would have reached people, of all providers, oldest first. It is used as a slice: the messages until
/// [`Sandbox::outbox`](crate::Sandbox::outbox) was called.
#[derive(Debug, Clone)]
pub struct Outbox<'a> {
    state: &'a ServerState,
    messages: Vec<Message>,
}

/// Which messages are looked for, see [`to`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageFilter {
    to: Option<String>,
    provider: Option<String>,
    channel: Option<Channel>,
    containing: Option<String>,
}

/// Messages to an address, a number or a user id.
pub fn to(recipient: impl Into<String>) -> MessageFilter {
    MessageFilter {
        to: Some(recipient.into()),
        ..MessageFilter::default()
    }
}

impl MessageFilter {
    /// Only messages of this provider.
    #[must_use]
    pub fn provider(mut self, name: impl Into<String>) -> Self {
        self.provider = Some(name.into());
        self
    }

    /// Only messages of this channel.
    #[must_use]
    pub fn channel(mut self, channel: Channel) -> Self {
        self.channel = Some(channel);
        self
    }

    /// Only messages with this text in the subject, the text, the HTML or the name of the template.
    #[must_use]
    pub fn containing(mut self, text: impl Into<String>) -> Self {
        self.containing = Some(text.into());
        self
    }

    /// Whether a message is one of these.
    pub fn matches(&self, message: &Message) -> bool {
        let texts = [
            &message.subject,
            &message.text,
            &message.html,
            &message.template,
        ];
        let to = self.to.as_ref();
        let provider = self.provider.as_ref();
        let channel = self.channel;
        let containing = self.containing.as_ref();
        to.is_none_or(|to| {
            message
                .to
                .iter()
                .any(|known| known.eq_ignore_ascii_case(to))
        }) && provider.is_none_or(|provider| provider == message.provider)
            && channel.is_none_or(|channel| channel == message.channel)
            && containing.is_none_or(|wanted| texts.iter().any(|text| text.contains(wanted)))
    }

    /// In how many letters the nearest recipient of a message differs from the one that was looked for.
    fn distance(&self, message: &Message) -> usize {
        let to = self.to.as_deref().unwrap_or_default().to_lowercase();
        let known = message.to.iter().map(|known| known.to_lowercase());
        let distances = known.map(|known| strsim::damerau_levenshtein(&to, &known));
        distances.min().unwrap_or(usize::MAX)
    }
}

impl fmt::Display for MessageFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("message")?;
        let channel = self.channel.map(|channel| channel.to_string());
        let parts = [
            (" to ", &self.to),
            (" of ", &self.provider),
            (" by ", &channel),
            (" containing ", &self.containing),
        ];
        for (word, value) in parts {
            if let Some(value) = value {
                write!(f, "{word}{value}")?;
            }
        }
        Ok(())
    }
}

/// There is no message of the kind that was looked for. The text lists the messages that come near, or else the newest ones.
#[derive(Debug, Clone, PartialEq)]
pub struct NoMessage {
    text: String,
    near: Vec<Message>,
}

/// Errors list at most this many messages.
const MAX_LISTED: usize = 5;
/// A recipient that differs in more letters does not come near.
const MAX_DISTANCE: usize = 3;

impl NoMessage {
    fn new(filter: &MessageFilter, messages: &[Message]) -> Self {
        let near = messages.iter().rev();
        let near = near.map(|message| (filter.distance(message), message));
        let mut near: Vec<_> = near
            .filter(|(distance, _)| *distance <= MAX_DISTANCE)
            .collect();
        near.sort_by_key(|(distance, _)| *distance);
        let near = near.into_iter().take(MAX_LISTED);
        let near: Vec<Message> = near.map(|(_, message)| message.clone()).collect();
        let newest = messages.iter().rev().take(MAX_LISTED);
        let lines = |messages: &mut dyn Iterator<Item = &Message>| {
            let lines: Vec<String> = messages.map(ToString::to_string).collect();
            lines.join("; ")
        };
        let rest = if messages.is_empty() {
            "the outbox is empty".to_owned()
        } else if near.is_empty() {
            format!(
                "the newest in the outbox are: {}",
                lines(&mut newest.into_iter())
            )
        } else {
            format!("near to it are: {}", lines(&mut near.iter()))
        };
        Self {
            text: format!("no {filter}: {rest}"),
            near,
        }
    }

    /// The messages to a recipient that is spelled nearly the same, nearest first.
    pub fn near(&self) -> &[Message] {
        &self.near
    }
}

impl fmt::Display for NoMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for NoMessage {}

impl<'a> Outbox<'a> {
    pub(crate) fn new(state: &'a ServerState) -> Self {
        let mut outbox = Self {
            state,
            messages: Vec::new(),
        };
        outbox.refresh();
        outbox
    }

    fn refresh(&mut self) {
        let services = self.state.services.iter();
        let messages = services.flat_map(|service: &Service| service.account().outbox());
        self.messages = messages.collect();
        self.messages.sort_by_key(|message| message.sent_at);
    }

    /// The newest message of a kind.
    ///
    /// # Errors
    /// If there is none. The error lists what comes near.
    pub fn find(&self, filter: &MessageFilter) -> Result<Message, NoMessage> {
        let mut messages = self.messages.iter().rev();
        let found = messages.find(|message| filter.matches(message));
        found
            .cloned()
            .ok_or_else(|| NoMessage::new(filter, &self.messages))
    }

    /// The newest message of a kind, which may arrive within this time. The time is that of Tokio's clock.
    ///
    /// # Errors
    /// If there is none until then. The error lists what comes near.
    pub async fn wait_for(
        mut self,
        filter: MessageFilter,
        time: Duration,
    ) -> Result<Message, NoMessage> {
        let search = async {
            loop {
                // A message between the search and the wait wakes it too.
                let mut changed = std::pin::pin!(self.state.changed.notified());
                changed.as_mut().enable();
                self.refresh();
                if let Ok(message) = self.find(&filter) {
                    return message;
                }
                changed.await;
            }
        };
        match timeout(time, search).await {
            Ok(message) => Ok(message),
            Err(_) => {
                self.refresh();
                self.find(&filter)
            }
        }
    }
}

impl Deref for Outbox<'_> {
    type Target = [Message];

    fn deref(&self) -> &Self::Target {
        &self.messages
    }
}
