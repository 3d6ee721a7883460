use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::accounts::response::{ApiError, bad_request};

/// The provider's message about a body without a user.
const NO_USER: &str = "Error: userId and anonymousId cannot be empty.";

/// A message of a transactional campaign. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebEngageMessage {
    /// The id in the response. The messages of one call share it.
    pub transaction_id: String,
    /// Id of the campaign.
    pub campaign_id: String,
    /// The channel of the message.
    pub channel: WebEngageChannel,
    /// Id of the user.
    pub user_id: String,
    /// The address or number of the recipient; `None` for pushes.
    pub to: Option<String>,
    /// Time to live in seconds, within which the message must be sent.
    pub ttl: i64,
    /// The values that replace those of the profile; null if the request has none.
    pub override_data: Value,
}

/// The channel of a transactional campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum WebEngageChannel {
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
}

/// An uploaded file of a catalog or a recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebEngageUpload {
    /// Short name of the catalog or recommendation. The sandbox generates one for a new recommendation.
    pub slug: String,
    /// Name of the file; empty if the request has none.
    pub file_name: String,
    /// Length of the file in bytes.
    pub bytes: usize,
    /// Names of the columns, from the first line.
    pub columns: Vec<String>,
    /// The description of a recommendation; null for a catalog.
    pub meta: Value,
}

/// The channels of delivery reports.
const REPORT_CHANNELS: [&str; 7] = [
    "sms",
    "email",
    "whatsapp",
    "rcs",
    "private_sms",
    "pinpoint",
    "private_email",
];

/// A delivery report of a message provider.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WebEngageDeliveryReport {
    /// `sms`, `email`, `whatsapp` or `rcs`; `private_sms` or `private_email` for private providers.
    pub channel: &'static str,
    /// The request's body.
    pub body: Value,
}

/// The user that data belongs to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Identity {
    Known(String),
    Anonymous(String),
}

impl Identity {
    /// The user of a body. The id of a known user has precedence.
    pub(super) fn of(body: &Value) -> Result<Self, ApiError> {
        // Existing clients send an unknown id as empty text.
        let id = |field: &str| body[field].as_str().filter(|id| !id.is_empty());
        match (id("userId"), id("anonymousId")) {
            (Some(id), _) => Ok(Self::Known(id.to_owned())),
            (None, Some(id)) => Ok(Self::Anonymous(id.to_owned())),
            (None, None) => Err(bad_request(NO_USER)),
        }
    }

    /// The name of the field with the id, and the id.
    pub(super) fn field(&self) -> (&'static str, &str) {
        match self {
            Self::Known(id) => ("userId", id),
            Self::Anonymous(id) => ("anonymousId", id),
        }
    }
}

/// The data types of attributes, which their first values determine.
pub(super) type AttributeTypes = BTreeMap<String, Cow<'static, str>>;

/// A data subject request.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SubjectRequest {
    pub(super) kind: String,
    pub(super) status: String,
    /// Id of the user.
    pub(super) user: String,
}

/// A delivery report as it was saved.
#[derive(Deserialize)]
struct SavedReport {
    channel: String,
    body: Value,
}

impl<'de> Deserialize<'de> for WebEngageDeliveryReport {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let SavedReport { channel, body } = SavedReport::deserialize(deserializer)?;
        let mut known = REPORT_CHANNELS.into_iter();
        let known = known.find(|known| *known == channel);
        let channel = known.ok_or_else(|| D::Error::custom("unknown channel of a report"))?;
        Ok(Self { channel, body })
    }
}
