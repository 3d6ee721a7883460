//! Whom calls act on, and where.

use engagement_core::{ClientBuilder, Credential, FromClientCore};

use crate::client::CUSTOMER;
use crate::{PROVIDER, regional_url};

/// What a [`ClientBuilder`](crate::ClientBuilder) can be told of EngageOne besides; implemented for it and its blocking
/// counterpart alone.
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
    /// Acts on this company: `customer` is sent as `PB-Customer-Id`, exactly as given, and upper and lower case count.
    /// Logging in still takes the customer id of the client credentials.
    ///
    /// The provider's examples send that very id, which is therefore what is sent if nothing is said. Its overview
    /// wants what [`company_header`] makes of the company's name.
    #[must_use]
    fn customer(self, customer: impl Into<String>) -> Self;

    /// Calls the main host of a region by its AWS code: the [`regional_url`] for `api`, and the one login host that
    /// all regions have. Only `us-east-1` is attested, so ask the provider whether it is your team's region.
    ///
    /// All other hosts are out of reach, as after `base_url`, until `server_url` sets them.
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

/// A company's name in the form that the provider's overview describes for `PB-Customer-Id`: `eocm-` in front, and
/// hyphens for spaces. Give it to [`customer`](BuilderExt::customer) or [`Client::for_customer`](crate::Client::for_customer).
///
/// Newer examples send the customer id instead, without any prefix. Try that first: it is what is sent by default.
///
/// ```
/// assert_eq!(engageone_client::company_header("Acme Bank"), "eocm-Acme-Bank");
/// ```
#[must_use]
pub fn company_header(company: &str) -> String {
    format!("eocm-{}", company.replace(' ', "-"))
}
