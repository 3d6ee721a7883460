//! A client that blocks, for programs without an async runtime.
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
//! Everything else is as with the async client: the same calls and types, errors, retries and limits. `send()` and
//! `response()` block, and lists have `pages()` and `iter()`, whose pages are requested when they are asked for.
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections and limits, and one
//! thread in the background, which ends with the last clone. Made inside an async function, a call or a drop doesn't
//! panic; a call blocks the thread of the async runtime then, so use the async client there.

use engagement_core::{Error, Secret};

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Settings of a [`Client`] to be, from [`Client::builder`]. Nothing fails before `build`.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Making one, as the async client is made. Make one client and clone it.
impl Client {
    /// Sets up a client for the account that the REST API key belongs to; see [`builder`](crate::Client::builder).
    pub fn builder(api_key: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder(api_key).for_client()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there, and if the thread in the background can't be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}
