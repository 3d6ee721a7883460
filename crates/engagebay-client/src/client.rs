//! How a client is made.

use engagement_core::{Credential, Error, Secret};

use crate::{Client, PROVIDER};

/// Settings of a [`Client`] to be, from [`Client::builder`]. Nothing fails before `build`.
///
/// ```
/// use std::time::Duration;
///
/// let client = engagebay_client::Client::builder("my-rest-api-key")
///     .timeout(Duration::from_secs(20))
///     .user_agent_suffix("signup-service/1.4")
///     .build()?;
/// # Ok::<(), engagebay_client::Error>(())
/// ```
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Making one. Make one client and clone it: clones share connections, and a new client opens its own.
impl Client {
    /// Sets up a client for the account that the REST API key belongs to.
    ///
    /// The key is made in EngageBay under Account Settings, API; the JavaScript API key beside it is another one and
    /// won't do. It acts for the user who made it: what it may see is that user's, and so are the format and time zone
    /// of custom dates.
    pub fn builder(api_key: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("apiKey", Credential::header(api_key))
    }

    /// A client from the environment: `ENGAGEBAY_API_KEY`, and `ENGAGEBAY_BASE_URL` for a proxy or a sandbox.
    ///
    /// # Errors
    /// If the key is missing or can't go into a header, or the base URL is not one; the message names the variable.
    ///
    /// ```no_run
    /// let client = engagebay_client::Client::from_env()?;
    /// # Ok::<(), engagebay_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}
