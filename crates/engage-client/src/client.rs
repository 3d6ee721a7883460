//! How a client is made.

use engagement_core::{Credential, Error, Secret};

use crate::{Client, PROVIDER};

/// Settings of a [`Client`] to be, from [`Client::builder`] or [`Client::builder_with_key`]. Nothing fails before
/// `build`.
///
/// Engage has three hosts: `api`, which nearly all calls go to, `root` for events from PostHog, and `app` for public
/// sign-up forms. `base_url` moves the first one. The others can't be reached then, unless `server_url` moves them too:
/// what is tested against a sandbox must not reach real people.
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

/// Making one. Make one client and clone it: clones share connections, and a new client opens its own.
impl Client {
    /// Sets up a client with the full credentials: API key and API secret, from Engage's account settings.
    pub fn builder(api_key: impl Into<Secret>, api_secret: impl Into<Secret>) -> ClientBuilder {
        let api_key = api_key.into();
        ClientBuilder::new(&PROVIDER)
            .credential("basicAuth", Credential::basic(api_key.clone(), api_secret))
            .credential("publicKey", Credential::user_only(api_key))
    }

    /// Sets up a client with the API key alone, for places that must not hold the secret, such as an app.
    ///
    /// It can identify users, track their events and read lists, among others. Calls that need the secret fail before
    /// anything is sent. Updating a user's e-mail address needs it too, and is refused by Engage.
    pub fn builder_with_key(api_key: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("publicKey", Credential::user_only(api_key))
    }

    /// A client from the environment: `ENGAGE_API_KEY` and, for calls that need it, `ENGAGE_API_SECRET`;
    /// `ENGAGE_BASE_URL` (with `ENGAGE_ROOT_URL` and `ENGAGE_APP_URL` for the two other hosts) for a proxy or a sandbox.
    ///
    /// # Errors
    /// If the key is missing or can't go into a header, or a URL is not one; the message names the variable.
    ///
    /// ```no_run
    /// let client = engage_client::Client::from_env()?;
    /// # Ok::<(), engage_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}
