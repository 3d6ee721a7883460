//! A blocking client, for programs without an async runtime.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = engagement_sandbox::Sandbox::builder().start_on_thread()?;
//! # let (key, secret) = (engagement_sandbox::Engage::API_KEY, engagement_sandbox::Engage::API_SECRET);
//! # let url = sandbox.engage().base_url();
//! use engage_client::blocking::Client;
//! use engage_client::types::NewUser;
//!
//! let client = Client::builder(key, secret).base_url(url).build()?; // or from_env()
//! client.users().create(NewUser::new("u1").first_name("Ada")).send()?;
//! for user in client.users().list().iter() {
//!     println!("{:?}", user?.uid);
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

/// Builds a [`Client`]; created by [`Client::builder`] or [`Client::builder_with_key`]. Setters never
/// fail; `build` reports invalid values.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Created like the async client. Create one client and clone it.
impl Client {
    /// Sets up a client with the full credentials; see [`builder`](crate::Client::builder).
    pub fn builder(api_key: impl Into<Secret>, api_secret: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder(api_key, api_secret).for_client()
    }

    /// Sets up a client with the API key alone; see [`builder_with_key`](crate::Client::builder_with_key).
    pub fn builder_with_key(api_key: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder_with_key(api_key).for_client()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there. A configuration error if the background thread cannot be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}
