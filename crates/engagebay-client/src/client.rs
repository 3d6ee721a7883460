//! Creating a client.

use engagement_core::{Credential, Error, Secret};

use crate::{Client, PROVIDER};

/// Builds a [`Client`]; created by [`Client::builder`]. Setters never fail; `build` reports invalid values.
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

/// Create one client and clone it: clones share connections, a second client opens its own.
impl Client {
    /// Sets up a client for the account that the REST API key belongs to.
    ///
    /// Create the key in EngageBay under Account Settings, API; the JavaScript API key there does not work. The key has the
    /// permissions of the user who created it, and uses that user's format and time zone for custom dates.
    pub fn builder(api_key: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("apiKey", Credential::header(api_key))
    }

    /// A client from the environment: `ENGAGEBAY_API_KEY`, and `ENGAGEBAY_BASE_URL` for a proxy or a sandbox.
    ///
    /// # Errors
    /// If the key is missing or not allowed in a header, or the base URL is invalid; the message names the variable.
    ///
    /// ```no_run
    /// let client = engagebay_client::Client::from_env()?;
    /// # Ok::<(), engagebay_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}
