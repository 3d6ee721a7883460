//! Bulk calls for any number of users or events.
//!
//! WebEngage accepts up to [`LIMIT`] entries per request. [`Users::track_all`](crate::users::Users::track_all) and
//! [`Events::track_all`](crate::events::Events::track_all) accept any number from any iterator. They send one request after
//! the other, in order, so that of two entries for one user the later wins. They read only the entries that they send next, so
//! a long list need not be in memory.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use engagement_sandbox::{Sandbox, WebEngage};
//! # let sandbox = Sandbox::start().await?;
//! # let client = webengage_client::Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
//! #     .base_url(sandbox.webengage().base_url()).build()?;
//! use webengage_client::types::UserUpsert;
//!
//! let users = (0..60).map(|seat| UserUpsert::new().user_id(format!("seat-{seat}")).company("Example Ltd"));
//! let report = client.users().track_all(users).send().await;
//! assert_eq!((report.queued(), report.requests()), (60, 3));
//! assert!(report.is_complete());
//! # Ok(())
//! # }
//! ```
//!
//! **Outcome of an entry.** WebEngage responds once per request, with `queued`: it has accepted the entries, validates them
//! later, and silently drops invalid ones. So all entries of a request share its [`EntryOutcome`], and
//! [`EntryOutcome::Queued`] does not mean "stored". After [`EntryOutcome::Failed`] with an error whose
//! [`was_sent`](crate::Error::was_sent) is true, WebEngage may have accepted the entries. Sending a user again is safe. An
//! event that is sent again may be recorded again.
//!
//! **Entries without an id.** An entry needs `userId` or `anonymousId`. An entry without one is never sent: it is
//! [`EntryOutcome::Invalid`] with its position, and the other entries are sent. To send nothing if one is invalid, call
//! [`validate`] first.
//!
//! **Failures.** If a request fails, its entries fail, and the next request is sent. The run ends if the next request would
//! fail too: the credential is missing or refused, or the license code is unknown (401, 403, 404); the rate limit is exhausted
//! (429, or the client's own limit); no connection is established; or the client is not configured for the call. It also ends
//! after [three](TrackAll::stop_after) failed requests in a row, whatever the reason.
//!
//! **Retries.** A request is retried if no connection is established, or the rate limit is exhausted. A request that may have been
//! executed is not: each request has an id, `x-request-id`, by which WebEngage may detect duplicates, but that is not documented
//! for bulk calls. To rely on it, run with `.with(|settings| settings.idempotent(true))`: a retry has the same id.
//!
//! **Remaining entries.** [`Report::failed_entries`] lists the failed entries. [`Report::into_remaining`] returns them together
//! with the iterator, which has the entries that were not read. To continue later with the same source, pass
//! [`Report::position`] to [`TrackAll::resume_at`].
//!
//! **Long runs.** [`TrackAll::chunks`] returns the result of each request as soon as it is known, to show progress or slow
//! down. To stop, drop it.

mod chunk;
mod entry;
mod report;
mod run;

pub use chunk::{Chunk, InvalidEntry};
pub use entry::{BulkEntry, MissingIdError, validate};
pub use report::{EntryOutcome, Report};
pub use run::{Chunks, TrackAll};

/// Maximum number of entries per request.
pub const LIMIT: usize = 25;
