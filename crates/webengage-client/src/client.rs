//! Creating a client.

use engagement_core::{Credential, Error, Secret};

use crate::{Client, PROVIDER};

/// Builds a [`Client`]; created by [`Client::builder`], [`Client::builder_for_reports`] or
/// [`Client::builder_with_reports`]. Setters never fail; `build` reports invalid values.
///
/// WebEngage has six hosts: `api`, which nearly all calls go to; `dashboard`, which takes uploads; and `sms-status`,
/// `email-status`, `whatsapp-status` and `rcs-status`, which take delivery reports. [`region`](Self::region) selects the data
/// centre of all of them. `base_url` sets the URL of the first only. The others are then unreachable unless `server_url` sets
/// them too, so that a test against a sandbox never reaches real people.
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

/// Create one client and clone it: clones share connections, a second client opens its own.
impl Client {
    /// Sets up a client for an account: its license code, and its REST API key or the token of a service account.
    ///
    /// Both are in the dashboard under Data Platform, Integrations, REST API. The license code is part of most paths; a
    /// `license_code` set on a call takes precedence.
    pub fn builder(license_code: impl Into<String>, api_key: impl Into<Secret>) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER)
            .value("licenseCode", license_code)
            .credential("apiKey", Credential::bearer(api_key))
    }

    /// Sets up a client for a service provider that sends messages for WebEngage and only reports their delivery, with the
    /// token that WebEngage's support issued for that.
    ///
    /// Other calls need an API key, and fail before a request is sent.
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

    /// Sets up a client for an account that also reports deliveries, with its license code, its API key and the token for
    /// reports. Each call sends only the credential that its host needs.
    pub fn builder_with_reports(
        license_code: impl Into<String>,
        api_key: impl Into<Secret>,
        dsn_token: impl Into<Secret>,
    ) -> ClientBuilder {
        Self::builder(license_code, api_key).credential("dsnToken", Credential::bearer(dsn_token))
    }

    /// A client from the environment.
    ///
    /// | variable | value |
    /// |---|---|
    /// | `WEBENGAGE_API_KEY` | the REST API key, or the token of a service account |
    /// | `WEBENGAGE_LICENSE_CODE` | the account's license code |
    /// | `WEBENGAGE_DSN_TOKEN` | the token for delivery reports |
    /// | `WEBENGAGE_REGION` | `global`, `india` or `saudi`; `global` if not set |
    /// | `WEBENGAGE_BASE_URL` | URL instead of the main host: a proxy or a sandbox |
    /// | `WEBENGAGE_DASHBOARD_URL` | the same for the host that takes uploads |
    /// | `WEBENGAGE_SMS_STATUS_URL`, `WEBENGAGE_EMAIL_STATUS_URL`, `WEBENGAGE_WHATSAPP_STATUS_URL`, `WEBENGAGE_RCS_STATUS_URL` | the same for the hosts that take delivery reports |
    ///
    /// The API key or the token for reports must be set. Calls whose credentials are missing fail before a request is sent.
    ///
    /// # Errors
    /// If neither credential is set, one is not allowed in a header, the license code is not allowed in a path, the region does
    /// not exist, or a URL is invalid; the message names the variable.
    ///
    /// ```no_run
    /// let client = webengage_client::Client::from_env()?;
    /// # Ok::<(), webengage_client::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&PROVIDER)?.build()
    }
}
