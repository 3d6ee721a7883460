//! A blocking client, for programs without an async runtime.
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
//! It has the same calls, types, errors, retries and limits as the async client. `send()` and `response()` block; searches
//! have `pages()` and `iter()`, and bulk runs have `chunks()`, which send each request when it is needed.
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections, limits and one background
//! thread, which ends when the last clone is dropped. Inside an async function, a call does not panic, but it blocks a thread
//! of the async runtime: use the async client there.

use engagement_core::{Error, Secret};

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::{Items, Iter, OperationCall, Pages, RawRequest};

/// Builds a [`Client`]; created by [`Client::builder`], [`Client::builder_for_reports`] or
/// [`Client::builder_with_reports`]. Setters never fail; `build` reports invalid values.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Created like the async client. Create one client and clone it.
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
    /// As there. A configuration error if the background thread cannot be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}
