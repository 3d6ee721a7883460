//! With the typed client, everything as it is by default.

use engagement_core::{ClientBuilder, Credential, Error};

use crate::generated::neutral::PROVIDER;
use crate::generated::neutral::types::NewMessage;
pub use crate::generated::neutral::{Client, types::Message};

/// A client with default settings.
///
/// # Errors
/// If the URL is not one.
pub fn client(base: &str) -> Result<Client, Error> {
    ClientBuilder::new(&PROVIDER)
        .credential("apiKey", Credential::header("benchmark-key"))
        .base_url(base)
        .build()
}

/// Creates a message with JSON.
///
/// # Errors
/// If that fails.
pub async fn create(client: &Client) -> Result<Message, Error> {
    let message = NewMessage {
        from_: Some("Example Shop".into()),
        subject: Some("Parcel".into()),
        campaign: Some("parcels".into()),
        track_opens: Some(true),
        ..NewMessage::new("ada@example.com", "Your parcel is on its way.")
    };
    client.messages().create(message).send().await
}

/// Creates a message with a form.
///
/// # Errors
/// If that fails.
pub async fn create_form(client: &Client) -> Result<Message, Error> {
    client
        .messages()
        .create_form("ada@example.com", "Your parcel is on its way.")
        .from("Example Shop")
        .subject("Parcel")
        .campaign("parcels")
        .track_opens(true)
        .send()
        .await
}
