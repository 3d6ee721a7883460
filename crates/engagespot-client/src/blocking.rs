//! A blocking client, for programs without an async runtime.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = engagement_sandbox::Sandbox::builder().start_on_thread()?;
//! # let (key, secret) = (engagement_sandbox::Engagespot::API_KEY, engagement_sandbox::Engagespot::API_SECRET);
//! # let url = sandbox.engagespot().base_url();
//! use engagespot_client::blocking::Client;
//! use engagespot_client::types::{NewUser, SendNotification};
//!
//! let client = Client::builder(key, secret).base_url(url).build()?; // or from_env()
//! client.users().create(NewUser::new("ada")).send()?;
//! let hello = SendNotification::new("Hello").send_to("ada");
//! client.notifications().send(hello).send()?;
//! for notification in client.notifications().list().user_identifier("ada").iter() {
//!     println!("{:?}", notification?.title);
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

use engagement_core::{Error, FromClientCore as _, Secret};

use crate::ids::UserId;

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Builds a [`Client`]; created by [`Client::builder`], [`Client::builder_for_user`] or
/// [`Client::builder_with_token`]. Setters never fail; `build` reports invalid values.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Created like the async client. Create one client and clone it.
impl Client {
    /// Sets up a client for a backend; see [`builder`](crate::Client::builder).
    pub fn builder(api_key: impl Into<Secret>, api_secret: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder(api_key, api_secret).for_client()
    }

    /// Sets up a client for one user by API key and user id; see
    /// [`builder_for_user`](crate::Client::builder_for_user).
    pub fn builder_for_user(
        api_key: impl Into<Secret>,
        user_id: impl Into<UserId>,
    ) -> ClientBuilder {
        crate::Client::builder_for_user(api_key, user_id).for_client()
    }

    /// Sets up a client for one user by a token; see [`builder_with_token`](crate::Client::builder_with_token).
    pub fn builder_with_token(token: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder_with_token(token).for_client()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there. A configuration error if the background thread cannot be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}

/// Derived clients that call as a user. They share connections, limits and the background thread.
impl Client {
    /// A client that calls as a user by API key and user id; see [`as_user`](crate::Client::as_user).
    ///
    /// # Errors
    /// If the user id is empty or is not allowed in a header.
    pub fn as_user(&self, user_id: impl Into<UserId>) -> Result<Self, Error> {
        let client = self.as_async().as_user(user_id)?;
        Self::from_client_core(client.core().clone())
    }

    /// The same with a signature of the user id; see
    /// [`as_user_with_signature`](crate::Client::as_user_with_signature).
    ///
    /// # Errors
    /// If the user id or the signature is empty or is not allowed in a header.
    pub fn as_user_with_signature(
        &self,
        user_id: impl Into<UserId>,
        signature: impl Into<Secret>,
    ) -> Result<Self, Error> {
        let client = self.as_async().as_user_with_signature(user_id, signature)?;
        Self::from_client_core(client.core().clone())
    }

    /// A client that calls as a user with a token; see [`as_user_with_token`](crate::Client::as_user_with_token).
    ///
    /// # Errors
    /// If the user id is empty, or the token is empty or is not allowed in a header.
    pub fn as_user_with_token(
        &self,
        user_id: impl Into<UserId>,
        token: impl Into<Secret>,
    ) -> Result<Self, Error> {
        let client = self.as_async().as_user_with_token(user_id, token)?;
        Self::from_client_core(client.core().clone())
    }
}
