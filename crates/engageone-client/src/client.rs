//! Creating a client.

use engagement_core::{Credential, Error, FromClientCore as _, Secret};

use crate::session::Login;
use crate::{Client, PROVIDER};

/// Builds a [`Client`]; created by [`Client::builder`] or [`Client::builder_with_token`]. Setters never
/// fail; `build` reports invalid values.
///
/// Every host has a name for `server_url`, which [`Api::server`](crate::Api::server) returns. `base_url` sets the URL of the
/// main host, `api`. All others, including login, are then unreachable unless `server_url` sets them too, so that a test
/// against a sandbox never reaches real people. [`BuilderExt`](crate::BuilderExt) has more settings for EngageOne: another
/// company, and unverified regions.
///
/// ```
/// use std::time::Duration;
///
/// use engageone_client::{BuilderExt as _, Client, Region};
///
/// let client = Client::builder("my-customer-id", "my-client-id", "my-secret")
///     .region(Region::UsEast1)
///     .customer("another-company")
///     .server_url("archiving", "https://archiving.example.com")
///     .timeout(Duration::from_secs(20))
///     .user_agent_suffix("order-service/1.4")
///     .build()?;
/// # Ok::<(), engageone_client::Error>(())
/// ```
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// The scheme for the token.
pub(crate) const TOKEN: &str = "bearerAuth";
/// The scheme for `PB-Customer-Id`.
pub(crate) const CUSTOMER: &str = "customerId";

/// Create one client and clone it: clones share connections and the token, a second client opens its own connections and
/// logs in separately.
impl Client {
    /// Sets up a client with client credentials, which an administrator creates in EngageOne Communicate under Account Settings,
    /// Client Credentials.
    ///
    /// The client logs in once when a call needs a token, and uses the token until one minute before it expires. If the service
    /// responds with 401, it logs in again and sends the request once more. The service checks the credentials at the first
    /// call.
    ///
    /// Calls act on the company `customer_id`, unless [`customer`](crate::BuilderExt::customer) sets another.
    pub fn builder(
        customer_id: impl Into<String>,
        client_id: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> ClientBuilder {
        let customer_id = customer_id.into();
        ClientBuilder::new(&PROVIDER)
            .credential(CUSTOMER, Credential::header(customer_id.as_str()))
            .token_source(TOKEN, Login::new(customer_id, client_id, secret))
    }

    /// Sets up a client with an existing token, for programs that must not contain the secret.
    ///
    /// The client cannot renew the token: when it has expired, calls fail with
    /// [`is_unauthorized`](crate::Error::is_unauthorized).
    pub fn builder_with_token(
        customer_id: impl Into<String>,
        token: impl Into<Secret>,
    ) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER)
            .credential(CUSTOMER, Credential::header(customer_id.into()))
            .credential(TOKEN, Credential::bearer(token))
    }

    /// A client for another company, which shares connections and credentials with this one, but logs in separately. This
    /// client does not change.
    ///
    /// `customer` is sent as `PB-Customer-Id`, exactly as given.
    ///
    /// # Errors
    /// If `customer` is empty or not allowed in a header.
    ///
    /// ```
    /// use engageone_client::{Client, company_header};
    ///
    /// let client = Client::builder("my-customer-id", "my-client-id", "my-secret").build()?;
    /// let bank = client.for_customer(company_header("Acme Bank"))?;
    /// # Ok::<(), engageone_client::Error>(())
    /// ```
    pub fn for_customer(&self, customer: impl Into<String>) -> Result<Self, Error> {
        let customer = Credential::header(customer.into());
        let core = self.core();
        let core = core.with_credentials([(CUSTOMER, Some(customer))])?;
        Self::from_client_core(core)
    }

    /// Forgets the token, so that the next call logs in again: use it after the roles of the account changed, or to log out.
    /// The service is not notified. A token from [`builder_with_token`](Self::builder_with_token) stays.
    pub fn forget_token(&self) {
        self.core().forget_tokens();
    }
}
