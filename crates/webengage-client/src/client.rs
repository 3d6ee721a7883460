//! How a client is made.

use engagement_core::{Credential, Error, Secret};

use crate::{Client, PROVIDER};

/// Settings of a [`Client`] to be, from [`Client::builder`], [`Client::builder_for_reports`] or
/// [`Client::builder_with_reports`]. Nothing fails before `build`.
///
/// WebEngage has six hosts: `api`, which nearly all calls go to; `dashboard`, which takes uploads; and `sms-status`,
/// `email-status`, `whatsapp-status` and `rcs-status`, which take delivery reports. [`region`](Self::region) moves all of
/// them to another data centre. `base_url` moves the first one only. The others can't be reached then, unless
/// `server_url` moves them too: what is tested against a sandbox must not reach real people.
///
/// ```
/// use std::time::Duration;
///
/// use webengage_client::{Client, Region};
///
/// let client = Client::builder("in~84f2a1c", "my-api-key")
///     .region(Region::India)
///     .timeout(Duration::from_secs(20))
///     .user_agent_suffix("signup-service/1.4")
///     .build()?;
/// assert_eq!(client.base_url(), "https://api.in.webengage.com");
/// # Ok::<(), webengage_client::Error>(())
/// ```
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Making one. Make one client and clone it: clones share connections, and a new client opens its own.
impl Client {
    /// Sets up a client for an account: its license code, and its REST API key or the token of a service account.
    ///
    /// Both are in the dashboard under Data Platform, Integrations, REST API. The license code goes into every path that
    /// has one; a call's own `license_code` goes first.
    pub fn builder(license_code: impl Into<String>, api_key: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER)
            .value("licenseCode", license_code)
            .credential("apiKey", Credential::bearer(api_key))
    }

    /// Sets up a client for a service provider that sends messages for WebEngage and only reports what became of them,
    /// with the token that WebEngage's support issued for that.
    ///
    /// Other calls need an API key, and fail before anything is sent.
    ///
    /// ```
    /// use webengage_client::Client;
    ///
    /// let client = Client::builder_for_reports("my-report-token").build()?;
    /// # Ok::<(), webengage_client::Error>(())
    /// ```
    pub fn builder_for_reports(dsn_token: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER).credential("dsnToken", Credential::bearer(dsn_token))
    }

    /// Sets up a client for an account that also reports deliveries: with its license code, its API key, and the token
    /// for reports. Each call carries the credential that its host takes, and no other.
    pub fn builder_with_reports(
        license_code: impl Into<String>,
        api_key: impl Into<Secret>,
        dsn_token: impl Into<Secret>,
    ) -> ClientBuilder {
        Self::builder(license_code, api_key).credential("dsnToken", Credential::bearer(dsn_token))
    }

    /// A client from the environment.
    ///
    /// | variable | what it holds |
    /// |---|---|
    /// | `WEBENGAGE_API_KEY` | the REST API key, or the token of a service account |
    /// | `WEBENGAGE_LICENSE_CODE` | the account's license code |
    /// | `WEBENGAGE_DSN_TOKEN` | the token for delivery reports |
    /// | `WEBENGAGE_REGION` | `global`, `india` or `saudi`; `global` if not set |
    /// | `WEBENGAGE_BASE_URL` | where to call instead of the main host: a proxy or a sandbox |
    /// | `WEBENGAGE_DASHBOARD_URL` | the same for the host that takes uploads |
    /// | `WEBENGAGE_SMS_STATUS_URL`, `WEBENGAGE_EMAIL_STATUS_URL`, `WEBENGAGE_WHATSAPP_STATUS_URL`, `WEBENGAGE_RCS_STATUS_URL` | the same for the hosts that take delivery reports |
    ///
    /// Either the API key or the token for reports must be there. Calls that need what is missing fail before anything
    /// is sent.
    ///
    /// # Errors
    /// If neither credential is there, one can't go into a header, the license code can't go into a path, there is no
    /// such region, or a URL is not one; the message names what is wrong.
    ///
    /// ```no_run
    /// let client = webengage_client::Client::from_env()?;
    /// # Ok::<(), webengage_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}
