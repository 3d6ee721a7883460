//! As a careful engineer writes them with reqwest and serde.

use std::error::Error;

use reqwest::header::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::http;

/// Where and as whom.
#[derive(Debug)]
pub struct Client {
    base: String,
    key: HeaderValue,
    http: reqwest::Client,
}

/// What is sent.
#[derive(Debug, Serialize)]
struct NewMessage<'a> {
    to: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    campaign: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    track_opens: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<i64>,
}

/// What is returned.
#[allow(missing_docs, reason = "as in the typed client")]
#[derive(Debug, Deserialize)]
pub struct Message {
    pub id: String,
    pub to: Option<String>,
    pub text: Option<String>,
    pub from: Option<String>,
    pub subject: Option<String>,
    pub campaign: Option<String>,
    pub track_opens: Option<bool>,
    pub delay: Option<i64>,
    pub tags: Option<Vec<String>>,
    pub status: Option<Status>,
    pub created: Option<i64>,
}

/// Where a message is.
#[allow(missing_docs, reason = "as in the typed client")]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Queued,
    Sent,
    Failed,
    #[serde(other)]
    Unknown,
}

const MESSAGE: NewMessage<'static> = NewMessage {
    to: "ada@example.com",
    text: "Your parcel is on its way.",
    from: Some("Example Shop"),
    subject: Some("Parcel"),
    campaign: Some("parcels"),
    track_opens: Some(true),
    delay: None,
};

impl Client {
    /// With the timeouts of the typed client.
    ///
    /// # Errors
    /// If the HTTP client can't be set up.
    pub fn new(base: &str) -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            base: base.to_owned(),
            key: http::secret("benchmark-key")?,
            http: http::client("neutral-client/0.0.0", HeaderMap::new())?,
        })
    }

    /// Creates a message with JSON.
    ///
    /// # Errors
    /// If that fails.
    pub async fn create(&self) -> Result<Message, Box<dyn Error>> {
        let request = self
            .http
            .post(format!("{}/messages", self.base))
            .header("X-Api-Key", self.key.clone())
            .json(&MESSAGE);
        http::read(request).await
    }

    /// Creates a message with a form.
    ///
    /// # Errors
    /// If that fails.
    pub async fn create_form(&self) -> Result<Message, Box<dyn Error>> {
        let request = self
            .http
            .post(format!("{}/messages/form", self.base))
            .header("X-Api-Key", self.key.clone())
            .form(&MESSAGE);
        http::read(request).await
    }
}
