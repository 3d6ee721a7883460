//! A blocking client, for programs without an async runtime.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use engagement_sandbox::EngageOne;
//! # let sandbox = engagement_sandbox::Sandbox::builder().start_on_thread()?;
//! # let (customer_id, client_id, secret) = (EngageOne::CUSTOMER_ID, EngageOne::CLIENT_ID, EngageOne::SECRET);
//! # let (url, login_url) = (sandbox.engageone().base_url(), sandbox.engageone().server_url("users").unwrap());
//! use engageone_client::blocking::Client;
//! use engageone_client::data_sources::DataSources;
//!
//! let client = Client::builder(customer_id, client_id, secret); // or Client::from_env()?
//! # let client = client.base_url(url).server_url("users", login_url);
//! let client = client.build()?;
//! let sources = client.data_sources().list().send()?; // logs in first
//! for source in DataSources::read(&sources) {
//!     println!("{}", source.id);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! It has the same calls, types, errors, retries and limits as the async client. `send()` and `response()` block.
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections, limits and one background
//! thread, which ends when the last clone is dropped. Inside an async function, a call does not panic, but it blocks a thread
//! of the async runtime: use the async client there.

use engagement_core::{Error, FromClientCore as _, Secret};

use crate::environment;

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Builds a [`Client`]; created by [`Client::builder`] or [`Client::builder_with_token`]. Setters never
/// fail; `build` reports invalid values. [`BuilderExt`](crate::BuilderExt) has more settings for EngageOne.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Created like the async client. Create one client and clone it.
impl Client {
    /// Sets up a client with a set of client credentials; see [`builder`](crate::Client::builder).
    pub fn builder(
        customer_id: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> ClientBuilder {
        crate::Client::builder(customer_id, client_id, secret).for_client()
    }

    /// Sets up a client with an existing token; see
    /// [`builder_with_token`](crate::Client::builder_with_token).
    pub fn builder_with_token(
        customer_id: impl Into<String>,
        token: impl Into<Secret>,
    ) -> ClientBuilder {
        crate::Client::builder_with_token(customer_id, token).for_client()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there. A configuration error if the background thread cannot be started.
    pub fn from_env() -> Result<Self, Error> {
        environment::builder()?.for_client().build()
    }

    /// A client for another company, which shares connections and the background thread; see
    /// [`for_customer`](crate::Client::for_customer).
    ///
    /// # Errors
    /// If `customer` is empty or not allowed in a header.
    pub fn for_customer(&self, customer: impl Into<String>) -> Result<Self, Error> {
        let client = self.as_async().for_customer(customer)?;
        Self::from_client_core(client.core().clone())
    }

    /// Forgets the token, so that the next call logs in again; see [`forget_token`](crate::Client::forget_token).
    pub fn forget_token(&self) {
        self.as_async().forget_token();
    }
}
