//! The company and region of calls.

use engagement_core::{ClientBuilder, Credential, FromClientCore};

use crate::client::CUSTOMER;
use crate::{PROVIDER, regional_url};

/// More settings of a [`ClientBuilder`](crate::ClientBuilder) for EngageOne; implemented for it and its blocking counterpart.
///
/// ```
/// use engageone_client::{BuilderExt as _, Client, company_header};
///
/// let client = Client::builder("my-customer-id", "my-client-id", "my-secret")
///     .customer(company_header("Acme Bank"))
///     .in_region("eu-west-1")
///     .build()?;
/// assert_eq!(client.base_url(), "https://api.eu-west-1.communicate.engageone.co");
/// # Ok::<(), engageone_client::Error>(())
/// ```
pub trait BuilderExt: Sized {
    /// Selects a company: `customer` is sent as `PB-Customer-Id`, exactly as given and case-sensitive. The login still uses the
    /// customer id of the client credentials.
    ///
    /// If not set, that customer id is sent, as in the provider's examples. The provider's overview describes another value,
    /// which [`company_header`] creates.
    #[must_use]
    fn customer(self, customer: impl Into<String>) -> Self;

    /// Selects a region by its AWS code: the [`regional_url`] for `api`, and the login host, which all regions share. Only
    /// `us-east-1` is verified: ask the provider for your region.
    ///
    /// As after `base_url`, all other hosts are unreachable until `server_url` sets them.
    #[must_use]
    fn in_region(self, code: impl AsRef<str>) -> Self;
}

impl<C: FromClientCore> BuilderExt for ClientBuilder<C> {
    fn customer(self, customer: impl Into<String>) -> Self {
        self.credential(CUSTOMER, Credential::header(customer.into()))
    }

    fn in_region(self, code: impl AsRef<str>) -> Self {
        let moved = self.base_url(regional_url(code));
        match PROVIDER
            .servers
            .iter()
            .find(|server| server.name == "users")
        {
            Some(users) => moved.server_url(users.name, users.url),
            None => moved,
        }
    }
}

/// A company name in the format of the provider's overview for `PB-Customer-Id`: with the prefix `eocm-`, and
/// hyphens for spaces. Pass it to [`customer`](BuilderExt::customer) or [`Client::for_customer`](crate::Client::for_customer).
///
/// Newer examples send the customer id without a prefix instead. Try that first: it is the default.
///
/// ```
/// assert_eq!(engageone_client::company_header("Acme Bank"), "eocm-Acme-Bank");
/// ```
#[must_use]
pub fn company_header(company: &str) -> String {
    format!("eocm-{}", company.replace(' ', "-"))
}
