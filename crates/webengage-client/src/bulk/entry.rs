//! The entries of bulk calls.

use std::fmt;

use engagement_core::CallContext;

use crate::ids::{AnonymousUserId, UserId};
use crate::types::{BulkEvents, BulkUsers, EventTrack, QueuedContainer, UserUpsert};
use crate::{ResponseFuture, events, users};

/// A user or an event. Other types cannot implement it.
pub trait BulkEntry: Clone + Send + Sync + sealed::Sealed {}

impl BulkEntry for UserUpsert {}
impl BulkEntry for EventTrack {}

mod sealed {
    use super::*;

    #[expect(unnameable_types, reason = "other crates must not implement it")]
    pub trait Sealed: Sized {
        /// Whether it has an id.
        fn has_id(&self) -> bool;

        /// One request with several entries.
        fn track_bulk<C>(
            call_context: CallContext<C>,
            license_code: Option<String>,
            entries: Vec<Self>,
        ) -> ResponseFuture<QueuedContainer>;
    }
}

impl sealed::Sealed for UserUpsert {
    fn has_id(&self) -> bool {
        has_id(self.user_id.as_ref(), self.anonymous_id.as_ref())
    }

    fn track_bulk<C>(
        call_context: CallContext<C>,
        license_code: Option<String>,
        entries: Vec<Self>,
    ) -> ResponseFuture<QueuedContainer> {
        let call = users::TrackBulk {
            call_context,
            license_code,
            x_request_id: None,
            body: BulkUsers::new(entries),
        };
        call.into_response()
    }
}

impl sealed::Sealed for EventTrack {
    fn has_id(&self) -> bool {
        has_id(self.user_id.as_ref(), self.anonymous_id.as_ref())
    }

    fn track_bulk<C>(
        call_context: CallContext<C>,
        license_code: Option<String>,
        entries: Vec<Self>,
    ) -> ResponseFuture<QueuedContainer> {
        let call = events::TrackBulk {
            call_context,
            license_code,
            x_request_id: None,
            body: BulkEvents::new(entries),
        };
        call.into_response()
    }
}

/// WebEngage treats an empty id as missing.
fn has_id(user: Option<&UserId>, anonymous: Option<&AnonymousUserId>) -> bool {
    user.is_some_and(|id| !id.as_str().is_empty())
        || anonymous.is_some_and(|id| !id.as_str().is_empty())
}

/// An entry has neither `userId` nor `anonymousId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingIdError {
    position: usize,
}

impl MissingIdError {
    /// Position of the entry, from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }
}

impl fmt::Display for MissingIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} {MISSING_ID}", self.position)
    }
}

impl std::error::Error for MissingIdError {}

pub(super) const MISSING_ID: &str = "has neither `userId` nor `anonymousId`";

/// Checks that every entry has an id, so that you can send all entries or none. It sends nothing.
///
/// # Errors
/// If an entry has neither `userId` nor `anonymousId`; the error has the position of the first such entry.
///
/// ```
/// use webengage_client::bulk;
/// use webengage_client::types::UserUpsert;
///
/// let ada = UserUpsert::new().user_id("u13");
/// let nobody = UserUpsert::new().first_name("Grace");
/// assert_eq!(bulk::validate([&ada, &ada]), Ok(()));
/// let error = bulk::validate([&ada, &nobody]).unwrap_err();
/// assert_eq!(error.to_string(), "entry 1 has neither `userId` nor `anonymousId`");
/// ```
pub fn validate<'a, T: BulkEntry + 'a>(
    entries: impl IntoIterator<Item = &'a T>,
) -> Result<(), MissingIdError> {
    match entries.into_iter().position(|entry| !entry.has_id()) {
        Some(position) => Err(MissingIdError { position }),
        None => Ok(()),
    }
}
