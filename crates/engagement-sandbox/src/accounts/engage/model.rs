use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message that Engage accepted for sending. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EngageMessage {
    /// The id in the response.
    pub id: String,
    /// The channel of the message.
    pub kind: EngageMessageKind,
    /// Addresses or numbers of the recipients, including `cc` and `bcc`.
    pub to: Vec<String>,
    /// The request's body.
    pub body: Value,
}

/// The channel of an [`EngageMessage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EngageMessageKind {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
}
