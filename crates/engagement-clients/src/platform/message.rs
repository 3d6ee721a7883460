//! Messages to one person.

use std::fmt;

use engagement_core::Attributes;
use serde_json::Value;

use super::Person;

/// The channel of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// E-mail.
    Email,
    /// SMS.
    Sms,
    /// In the application, such as an inbox.
    InApp,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "e-mail",
            Self::Sms => "SMS",
            Self::InApp => "in-app message",
        })
    }
}

/// A message to one person. Platforms need different parts; a missing part is reported before a request is sent. `Debug`
/// shows the channel only.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The channel.
    pub channel: Channel,
    /// The recipient: an id, an e-mail address or a phone number, depending on channel and platform.
    pub to: Person,
    /// Sender: an e-mail address, or the sender's name of a text message.
    pub from: Option<String>,
    /// Subject or title.
    pub subject: Option<String>,
    /// Plain text.
    pub text: Option<String>,
    /// HTML.
    pub html: Option<String>,
    /// A template or communication that is stored on the platform.
    pub template: Option<String>,
    /// The campaign that the message belongs to.
    pub campaign: Option<String>,
    /// The integration or project, if the platform needs one.
    pub through: Option<String>,
    /// Values for the template.
    pub data: Attributes,
}

impl Message {
    /// A message without content.
    #[must_use]
    pub fn new(channel: Channel, to: Person) -> Self {
        Self {
            channel,
            to,
            from: None,
            subject: None,
            text: None,
            html: None,
            template: None,
            campaign: None,
            through: None,
            data: Attributes::new(),
        }
    }

    /// Sets the sender.
    #[must_use]
    pub fn from(mut self, from: impl Into<String>) -> Self {
        self.from = Some(from.into());
        self
    }

    /// Sets the subject or title.
    #[must_use]
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// Sets the plain text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// Sets the HTML.
    #[must_use]
    pub fn html(mut self, html: impl Into<String>) -> Self {
        self.html = Some(html.into());
        self
    }

    /// Selects a template or communication that is stored on the platform.
    #[must_use]
    pub fn template(mut self, template: impl Into<String>) -> Self {
        self.template = Some(template.into());
        self
    }

    /// Sets the campaign that the message belongs to.
    #[must_use]
    pub fn campaign(mut self, campaign: impl Into<String>) -> Self {
        self.campaign = Some(campaign.into());
        self
    }

    /// Sets the integration or project to send through.
    #[must_use]
    pub fn through(mut self, through: impl Into<String>) -> Self {
        self.through = Some(through.into());
        self
    }

    /// Sets a value for the template.
    #[must_use]
    pub fn data(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(name, value);
        self
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Confirms that a platform accepted a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SendReceipt {
    /// The platform's id of the message or request, if it returned one.
    pub id: Option<String>,
}
