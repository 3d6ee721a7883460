//! The messages of all providers in one form.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::accounts::json::Object;

/// A message that would have reached people. Nothing leaves the sandbox.
///
/// Texts are as the recipient would see them: `{{name}}` is replaced by the value of that name. What a template in a
/// provider's console holds is unknown to the sandbox; then [`template`](Self::template) names it, and
/// [`data`](Self::data) has the values for it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// Short name of the provider.
    pub provider: &'static str,
    /// The id in the response to the send; the messages of one send share it.
    pub id: String,
    /// How the message reaches people.
    pub channel: Channel,
    /// Addresses, numbers or user ids of the recipients, as far as they are known.
    pub to: Vec<String>,
    /// The sender; empty if the send names none.
    pub from: String,
    /// The subject of an e-mail, or the title of a notification; empty if it has none.
    pub subject: String,
    /// The plain text; empty if it has none.
    pub text: String,
    /// The HTML of an e-mail; empty if it has none.
    pub html: String,
    /// The template, campaign or workflow at the provider; empty if the send names none.
    pub template: String,
    /// The values for the template; null if the send has none.
    pub data: Value,
    /// When it was sent, by the sandbox's clock.
    pub sent_at: SystemTime,
}

/// How a [`Message`] reaches people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// WhatsApp.
    Whatsapp,
    /// Push to an app.
    Push,
    /// Push to a browser.
    WebPush,
    /// The inbox of an app.
    InApp,
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "e-mail",
            Self::Sms => "SMS",
            Self::Whatsapp => "WhatsApp",
            Self::Push => "push",
            Self::WebPush => "web push",
            Self::InApp => "in-app",
        })
    }
}

impl Message {
    pub(crate) fn new(provider: &'static str, id: &str, channel: Channel, sent: Duration) -> Self {
        Self {
            provider,
            id: id.to_owned(),
            channel,
            to: Vec::new(),
            from: String::new(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            template: String::new(),
            data: Value::Null,
            sent_at: UNIX_EPOCH.checked_add(sent).unwrap_or(UNIX_EPOCH),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to ", self.provider, self.channel)?;
        f.write_str(&self.to.join(", "))?;
        for (name, text) in [("", &self.subject), ("template ", &self.template)] {
            if !text.is_empty() {
                write!(f, ", {name}{text:?}")?;
            }
        }
        Ok(())
    }
}

/// A text in which each `{{name}}` is replaced by the value of that name. Other texts in braces stay.
pub(super) fn render(text: &str, values: &Object) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out += before;
        let Some((name, tail)) = after.split_once("}}") else {
            out += "{{";
            rest = after;
            continue;
        };
        match values.get(name.trim()) {
            Some(Value::String(value)) => out += value,
            Some(value) if !value.is_null() => out += &value.to_string(),
            _ => {
                out += "{{";
                rest = after;
                continue;
            }
        }
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::accounts::json::to_object;

    #[test]
    fn known_names_in_braces_are_replaced() {
        let values = to_object(&json!({ "name": "Ada", "n": 7, "none": null }));
        for (text, rendered) in [
            ("Hello {{name}}, {{ n }} left", "Hello Ada, 7 left"),
            ("{{other}} {{none}} {{name}}", "{{other}} {{none}} Ada"),
            ("{{ {{name}} }}", "{{ Ada }}"),
            ("{{name", "{{name"),
            ("", ""),
        ] {
            assert_eq!(render(text, &values), rendered);
        }
    }
}
