//! A client that waits for its answers, for programs without an async runtime.
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
//! client.users().track().body(UserUpsert::builder().user_id("ada").email("ada@example.com")).send()?;
//! let users = (0..60).map(|seat| UserUpsert::builder().user_id(format!("seat-{seat}")));
//! let report = client.users().track_all(users).send();
//! assert_eq!((report.queued(), report.requests()), (60, 3));
//! # Ok(())
//! # }
//! ```
//!
//! Everything else is as with the async client: builders of calls and of bodies, answers, errors, retries and limits. `send()`
//! waits, and lists have `pages()` and `iter()`, whose pages are fetched when they are asked for. What the async client has
//! besides can be waited for with [`Client::block_on`].
//!
//! Every call blocks its thread. Any number of threads may call at once; they share connections and limits, and one
//! thread in the background, which ends with the last clone. Made inside an async function, a call or a drop doesn't
//! panic; a call blocks the thread of the async runtime then, so use the async client there.

use std::fmt::Display;

use engagement_core::{Error, Secret};

use crate::ResponseValue;
use crate::builder::{Events, Feedback, Users};
use crate::bulk::{Chunk, Entry, Report, TrackAll};
use crate::feedback_search::FeedbackSearchAll;
use crate::types::{self, EventTrack, FeedbackPage, FeedbackQuery, UserUpsert};

pub use crate::generated::blocking::Client;
pub use engagement_core::blocking::RawRequest;

/// Settings of a [`Client`] to be, from [`Client::builder`], [`Client::builder_for_reports`] or
/// [`Client::builder_with_reports`]. Nothing fails before `build`.
pub type ClientBuilder = engagement_core::ClientBuilder<Client>;

/// Making one, as the async client is made. Make one client and clone it.
impl Client {
    /// Sets up a client for an account; see [`builder`](crate::Client::builder).
    pub fn builder(license_code: impl Into<String>, api_key: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder(license_code, api_key).making()
    }

    /// Sets up a client that only reports deliveries; see
    /// [`builder_for_reports`](crate::Client::builder_for_reports).
    pub fn builder_for_reports(dsn_token: impl Into<Secret>) -> ClientBuilder {
        crate::Client::builder_for_reports(dsn_token).making()
    }

    /// Sets up a client for an account that also reports deliveries; see
    /// [`builder_with_reports`](crate::Client::builder_with_reports).
    pub fn builder_with_reports(
        license_code: impl Into<String>,
        api_key: impl Into<Secret>,
        dsn_token: impl Into<Secret>,
    ) -> ClientBuilder {
        crate::Client::builder_with_reports(license_code, api_key, dsn_token).making()
    }

    /// A client from the environment; see [`from_env`](crate::Client::from_env).
    ///
    /// # Errors
    /// As there, and if the thread in the background can't be started.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env(&crate::PROVIDER)?.build()
    }
}

impl<'a> Users<'a, Client> {
    /// Create or update any number of users, 25 in a request, in order. See [`bulk`](crate::bulk).
    pub fn track_all<I: IntoIterator>(
        &self,
        users: I,
    ) -> TrackAll<'a, UserUpsert, I::IntoIter, Client>
    where
        I::Item: TryInto<UserUpsert, Error: Display>,
    {
        let track = self.client.as_async().users().track_all(users);
        track.through(self.client)
    }
}

impl<'a> Events<'a, Client> {
    /// Record any number of events, 25 in a request, in order. See [`bulk`](crate::bulk). An event that is sent twice is
    /// recorded twice.
    pub fn track_all<I: IntoIterator>(
        &self,
        events: I,
    ) -> TrackAll<'a, EventTrack, I::IntoIter, Client>
    where
        I::Item: TryInto<EventTrack, Error: Display>,
    {
        let track = self.client.as_async().events().track_all(events);
        track.through(self.client)
    }
}

impl<'a, T: Entry, I: Iterator> TrackAll<'a, T, I, Client>
where
    I::Item: TryInto<T, Error: Display>,
{
    /// Sends them all, and tells what became of each.
    ///
    /// It doesn't fail as a whole: errors are in the report.
    pub fn send(self) -> Report<T, I> {
        let client = self.client;
        client.block_on(self.through(client.as_async()).send())
    }

    /// Sends them all, and gives what became of each request when it is known. Each is sent when it is asked for, and
    /// dropping the iterator ends the run.
    pub fn chunks(self) -> impl Iterator<Item = Chunk<T>> + use<'a, T, I> {
        let client = self.client;
        client
            .runtime()
            .iter(self.through(client.as_async()).chunks())
    }
}

impl<'a> Feedback<'a, Client> {
    /// Search feedbacks, all pages of them. Takes what `search` takes, and walks on from the page it names, or from the
    /// first one.
    pub fn search_all(
        &self,
        query: impl TryInto<FeedbackQuery, Error: Display>,
    ) -> FeedbackSearchAll<'a, Client> {
        let search = self.client.as_async().feedback().search_all(query);
        search.through(*self)
    }
}

impl<'a> FeedbackSearchAll<'a, Client> {
    /// The feedbacks, page by page, each page requested when it is asked for. Ends after the last page and after any
    /// error.
    pub fn pages(
        self,
    ) -> impl Iterator<Item = Result<ResponseValue<FeedbackPage>, Error>> + use<'a> {
        let client = self.calls.client;
        client
            .runtime()
            .iter(self.through(client.as_async().feedback()).pages())
    }

    /// The feedbacks, one by one, each page requested when the one before is used up.
    pub fn iter(self) -> impl Iterator<Item = Result<types::Feedback, Error>> + use<'a> {
        let client = self.calls.client;
        client
            .runtime()
            .iter(self.through(client.as_async().feedback()).stream())
    }
}
