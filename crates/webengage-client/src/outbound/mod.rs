//! For service providers that send messages for WebEngage: parsing messages, and replying.
//!
//! WebEngage posts each message to your registered endpoint, with the credentials that you agreed on: check those first.
//! [`OutboundMessage::parse`] parses the message. Respond with a reply such as [`SmsReply`], which has a body and an HTTP
//! status. Report the delivery later with `client.delivery()` and the [`id`](OutboundMessage::message_id) of the message.
//!
//! ```
//! use webengage_client::outbound::{Channel, OutboundMessage, SmsReply};
//! use webengage_client::status_codes::sms;
//!
//! let body = br#"{"version": "1.0", "smsData": {"toNumber": "15555550101", "body": "Hello"},
//!                 "metadata": {"messageId": "msg-0001", "campaignType": "TRANSACTIONAL"}}"#;
//! let message = OutboundMessage::parse(Channel::Sms, body)?;
//! assert_eq!(message.message_id().as_str(), "msg-0001");
//!
//! let reply = match message.version() {
//!     Some("1.0") | None => SmsReply::accepted(),
//!     Some(_) => SmsReply::version_unsupported("1.0"),
//! };
//! assert_eq!((reply.status().as_u16(), reply.to_json().as_str()), (200, r#"{"status":"sms_accepted","statusCode":0}"#));
//!
//! let reply = SmsReply::rejected(sms::BAD_NUMBER, "this is no number");
//! assert_eq!(reply.status().as_u16(), 400);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! After a reply with "too many messages", WebEngage retries up to ten times: SMS and e-mail after 0, 200, 400, 800
//! milliseconds and so on, WhatsApp after 3, 6, 9, 12 and then every 15 minutes.

mod replies;

use engagement_core::from_webhook;
use serde_json::Error;

pub use replies::{EmailReply, RcsReply, SmsReply, WhatsappReply};

use crate::ids::MessageId;
use crate::types::{EmailSend, RcsSend, SmsSend, WhatsappSend};

/// The channel of a message. Messages do not contain it: register a separate endpoint for each channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Channel {
    /// SMS.
    Sms,
    /// E-mail.
    Email,
    /// WhatsApp.
    Whatsapp,
    /// RCS.
    Rcs,
}

impl Channel {
    /// Every channel.
    pub const ALL: &[Self] = &[Self::Sms, Self::Email, Self::Whatsapp, Self::Rcs];
}

/// A message that WebEngage asks you to send.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum OutboundMessage {
    /// An SMS.
    Sms(Box<SmsSend>),
    /// An e-mail.
    Email(Box<EmailSend>),
    /// A WhatsApp message.
    Whatsapp(Box<WhatsappSend>),
    /// An RCS message.
    Rcs(Box<RcsSend>),
}

impl OutboundMessage {
    /// Parses the body of a request to the endpoint of a channel.
    ///
    /// Unknown fields are kept in `extra`.
    ///
    /// # Errors
    /// If the body is not JSON, or holds more than 50,000 JSON values, or the recipient, the template or the id of the message
    /// is missing. The error names the field, and contains no values. Reply with a rejection.
    #[inline] // a program that reads none compiles no decoder
    pub fn parse(channel: Channel, body: &[u8]) -> Result<Self, Error> {
        match channel {
            Channel::Sms => from_webhook(body).map(Self::Sms),
            Channel::Email => from_webhook(body).map(Self::Email),
            Channel::Whatsapp => from_webhook(body).map(Self::Whatsapp),
            Channel::Rcs => from_webhook(body).map(Self::Rcs),
        }
    }

    /// The channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Sms(_) => Channel::Sms,
            Self::Email(_) => Channel::Email,
            Self::Whatsapp(_) => Channel::Whatsapp,
            Self::Rcs(_) => Channel::Rcs,
        }
    }

    /// WebEngage's id of the message: use it for the delivery report, and to detect duplicates.
    #[must_use]
    pub fn message_id(&self) -> &MessageId {
        match self {
            Self::Sms(message) => &message.metadata.message_id,
            Self::Email(message) => &message.metadata.message_id,
            Self::Whatsapp(message) => &message.metadata.message_id,
            Self::Rcs(message) => &message.metadata.message_id,
        }
    }

    /// Version of the format, such as `1.0`.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        match self {
            Self::Sms(message) => message.version.as_deref(),
            Self::Email(message) => message.version.as_deref(),
            Self::Whatsapp(message) => message.version.as_deref(),
            Self::Rcs(message) => message.version.as_deref(),
        }
    }
}
