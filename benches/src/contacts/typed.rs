//! The calls with the typed client, everything as it is by default.

use engagebay_client::types::Contact;
use engagebay_client::{Client, Error};

/// A client as it comes.
///
/// # Errors
/// If the URL is not one.
pub fn client(base: &str) -> Result<Client, Error> {
    Client::builder("benchmark-key").base_url(base).build()
}

/// Fetches one contact.
///
/// # Errors
/// If that fails.
pub async fn get(client: &Client, id: i64) -> Result<Contact, Error> {
    client.contacts().get(id).send().await
}

/// Fetches a page of 50 contacts.
///
/// # Errors
/// If that fails.
pub async fn list(client: &Client) -> Result<Vec<Contact>, Error> {
    client.contacts().list().page_size(50).send().await
}
