//! A blocking client, for programs without an async runtime.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = engagement_sandbox::Sandbox::builder().start_on_thread()?;
//! # let (key, url) = (engagement_sandbox::EngageBay::API_KEY, sandbox.engagebay().base_url());
//! use engagebay_client::blocking::Client;
//! use engagebay_client::types::Property;
//!
//! let client = Client::builder(key).base_url(url).build()?; // or from_env()
//! let ada = client.contacts().upsert("ada@example.com", [Property::first_name("Ada")]).send()?.into_contact();
//! client.contacts().add_tags(ada.id, ["pioneer"]).send()?;
//! for contact in client.contacts().list().iter() {
//!     println!("{}", contact?.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It has the same calls, types, errors, retries and limits as the async client. `send()` and `response()` block; lists have
//! `pages()` and `iter()`, which request each page when it is needed.
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections, limits and one background
//! thread, which ends when the last clone is dropped. Inside an async function, a call does not panic, but it blocks a thread
//! of the async runtime: use the async client there.

use engagement_core::{Error, Secret};

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Builds a [`Client`]; created by [`Client::builder`]. Setters never fail; `build` reports invalid values.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Created like the async client. Create one client and clone it.
impl Client {
    /// Sets up a client for the account that the REST API key belongs to; see [`builder`](crate::Client::builder).
    pub fn builder(api_key: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder(api_key).for_client()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there. A configuration error if the background thread cannot be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}
