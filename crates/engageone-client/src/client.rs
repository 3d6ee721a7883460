//! How a client is made.

use engagement_core::{Credential, Error, FromClientCore as _, Secret};

use crate::session::Login;
use crate::{Client, PROVIDER};

/// Settings of a [`Client`] to be, from [`Client::builder`] or [`Client::builder_with_token`]. Nothing fails before
/// `build`.
///
/// Every host has a name for `server_url`; [`Api::server`](crate::Api::server) tells it. `base_url` moves the main one,
/// `api`. No other host can be reached then, login included, unless `server_url` moves it too: what is tested against a
/// sandbox must not reach real people. [`BuilderExt`](crate::BuilderExt) adds what EngageOne needs besides: another
/// company to act on, and regions that nobody has attested.
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

/// The scheme of the document that carries the token.
pub(crate) const TOKEN: &str = "bearerAuth";
/// The scheme of the document that carries `PB-Customer-Id`.
pub(crate) const CUSTOMER: &str = "customerId";

/// Making one. Make one client and clone it: clones share connections and the token, and a new client opens its own
/// connections and logs in by itself.
impl Client {
    /// Sets up a client with a set of client credentials, which an administrator makes in EngageOne Communicate under
    /// Account Settings, Client Credentials.
    ///
    /// The client logs in when the first call needs it, however many calls wait for that, and keeps the token until a
    /// minute before it expires. If the service answers 401, it logs in anew and makes the request once more. Nothing
    /// is checked with the service before the first call.
    ///
    /// Calls act on the company `customer_id`, unless [`customer`](crate::BuilderExt::customer) names another.
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

    /// Sets up a client with a token that was got elsewhere, for places that must not hold the secret.
    ///
    /// The client can't renew it: once it has expired, calls fail with
    /// [`is_unauthorized`](crate::Error::is_unauthorized).
    pub fn builder_with_token(
        customer_id: impl Into<String>,
        token: impl Into<Secret>,
    ) -> ClientBuilder {
        ClientBuilder::new(&PROVIDER)
            .credential(CUSTOMER, Credential::header(customer_id.into()))
            .credential(TOKEN, Credential::bearer(token))
    }

    /// A client that acts on another company, over the same connections. It logs in by itself, with the same
    /// credentials; what this client does is not changed.
    ///
    /// `customer` is sent as `PB-Customer-Id`, exactly as given.
    ///
    /// # Errors
    /// If `customer` is empty or can't go into a header.
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

    /// Drops the token, so that the next call logs in anew: after the roles of the account were changed, or to be done
    /// with it. The service isn't told. A token from [`builder_with_token`](Self::builder_with_token) stays.
    pub fn forget_token(&self) {
        self.core().forget_tokens();
    }
}
