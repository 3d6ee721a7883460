//! Creating a client.

use engagement_core::{Credential, Error, Secret};

use crate::{Client, PROVIDER};

/// Builds a [`Client`]; created by [`Client::builder`] or [`Client::builder_with_key`]. Setters never
/// fail; `build` reports invalid values.
///
/// Engage has three hosts: `api` for nearly all calls, `root` for events from PostHog, and `app` for public sign-up forms.
/// `base_url` sets the URL of the first. The others are then unreachable unless `server_url` sets them too, so that a test
/// against a sandbox never reaches real people.
///
/// ```
/// use std::time::Duration;
///
/// let client = engage_client::Client::builder("my-key", "my-secret")
///     .timeout(Duration::from_secs(20))
///     .user_agent_suffix("signup-service/1.4")
///     .build()?;
/// # Ok::<(), engage_client::Error>(())
/// ```
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Create one client and clone it: clones share connections, a second client opens its own.
impl Client {
    /// Sets up a client with the full credentials: API key and API secret, from Engage's account settings.
    pub fn builder(api_key: impl Into<Secret>, api_secret: impl Into<Secret>) -> ClientBuilder {
        let api_key = api_key.into();
        ClientBuilder::new(&PROVIDER)
            .credential("basicAuth", Credential::basic(api_key.clone(), api_secret))
            .credential("publicKey", Credential::user_only(api_key))
    }

    /// Sets up a client with the API key only, for programs that must not contain the secret, such as an app.
    ///
    /// It can, among others, identify users, track their events and read lists. Calls that need the secret fail before a
    /// request is sent. Engage also refuses to update the e-mail address of a user without the secret.
    pub fn builder_with_key(api_key: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("publicKey", Credential::user_only(api_key))
    }

    /// A client from the environment: `ENGAGE_API_KEY` and, for calls that need it, `ENGAGE_API_SECRET`;
    /// `ENGAGE_BASE_URL` (with `ENGAGE_ROOT_URL` and `ENGAGE_APP_URL` for the two other hosts) for a proxy or a sandbox.
    ///
    /// # Errors
    /// If the key is missing or not allowed in a header, or a URL is invalid; the message names the variable.
    ///
    /// ```no_run
    /// let client = engage_client::Client::from_env()?;
    /// # Ok::<(), engage_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}
