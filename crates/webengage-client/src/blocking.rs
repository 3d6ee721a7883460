//! A client that blocks, for programs without an async runtime.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use engagement_sandbox::WebEngage;
//! # let sandbox = engagement_sandbox::Sandbox::builder().start_on_thread()?;
//! # let (license_code, key, url) = (WebEngage::LICENSE_CODE, WebEngage::API_KEY, sandbox.webengage().base_url());
//! use webengage_client::blocking::Client;
//! use webengage_client::types::UserUpsert;
//!
//! let client = Client::builder(license_code, key).base_url(url).build()?; // or from_env()
//! client.users().track(UserUpsert::new().user_id("ada").email("ada@example.com")).send()?;
//! let users = (0..60).map(|seat| UserUpsert::new().user_id(format!("seat-{seat}")));
//! let report = client.users().track_all(users).send();
//! assert_eq!((report.queued(), report.requests()), (60, 3));
//! # Ok(())
//! # }
//! ```
//!
//! Everything else is as with the async client: the same calls and types, errors, retries and limits. `send()` and
//! `response()` block, searches have `pages()` and `iter()`, and runs have `chunks()`, whose requests are sent when they are
//! asked for.
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections and limits, and one
//! thread in the background, which ends with the last clone. Made inside an async function, a call or a drop doesn't
//! panic; a call blocks the thread of the async runtime then, so use the async client there.

use engagement_core::{Error, Secret};

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Settings of a [`Client`] to be, from [`Client::builder`], [`Client::builder_for_reports`] or
/// [`Client::builder_with_reports`]. Nothing fails before `build`.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Making one, as the async client is made. Make one client and clone it.
impl Client {
    /// Sets up a client for an account; see [`builder`](crate::Client::builder).
    pub fn builder(license_code: impl Into<String>, api_key: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder(license_code, api_key).for_client()
    }

    /// Sets up a client that only reports deliveries; see
    /// [`builder_for_reports`](crate::Client::builder_for_reports).
    pub fn builder_for_reports(dsn_token: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder_for_reports(dsn_token).for_client()
    }

    /// Sets up a client for an account that also reports deliveries; see
    /// [`builder_with_reports`](crate::Client::builder_with_reports).
    pub fn builder_with_reports(
        license_code: impl Into<String>,
        api_key: impl Into<Secret>,
        dsn_token: impl Into<Secret>,
    ) -> ClientBuilder {
        crate::Client::builder_with_reports(license_code, api_key, dsn_token).for_client()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there, and if the thread in the background can't be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}
