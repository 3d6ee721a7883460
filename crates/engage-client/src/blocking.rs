//! A client that blocks, for programs without an async runtime.
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
//! Everything else is as with the async client: the same calls and types, errors, retries and limits. `send()` and
//! `response()` block, and lists have `pages()` and `iter()`, whose pages are requested when they are asked for.
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections and limits, and one
//! thread in the background, which ends with the last clone. Made inside an async function, a call or a drop doesn't
//! panic; a call blocks the thread of the async runtime then, so use the async client there.

use engagement_core::{Error, Secret};

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Settings of a [`Client`] to be, from [`Client::builder`] or [`Client::builder_with_key`]. Nothing fails before
/// `build`.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Making one, as the async client is made. Make one client and clone it.
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
    /// As there, and if the thread in the background can't be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}
