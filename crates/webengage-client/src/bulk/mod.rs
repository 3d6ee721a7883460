//! Any number of users or events, in as many requests as that takes.
//!
//! WebEngage takes up to [`LIMIT`] entries per request. [`Users::track_all`](crate::users::Users::track_all) and
//! [`Events::track_all`](crate::events::Events::track_all) take any number, from any iterator, and send them in order: one
//! request after the other, so that of two entries for one user the later one wins. No more of the iterator is read than is
//! sent, so a long list needn't be in memory.
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
//! **What is known of each entry.** WebEngage answers once for a whole request and says `queued`: it has taken the entries
//! and looks at them later, and drops bad ones without a word. So all entries of a request share its [`Outcome`].
//! [`Outcome::Queued`] is not "written", and after [`Outcome::Failed`] with an error whose
//! [`was_sent`](crate::Error::was_sent) is true they may have been taken all the same. Sending a user again does no harm;
//! an event that is sent again is recorded again, because WebEngage recognises repeats of single calls only.
//!
//! **Entries without an id.** An entry needs `userId` or `anonymousId`. One without is never sent: it is
//! [`Outcome::Invalid`], with its position, and the others go on without it. To have nothing sent at all then, ask
//! [`validate`] before.
//!
//! **Failures.** A request that fails costs its own entries, and the next one is sent. Where going on would be in vain,
//! the run ends: when the credential is missing or refused, or the license code is unknown (401, 403, 404), the limit of
//! requests is used up (429, or the client's own), no connection comes about, or the client isn't set up for the call; and after
//! [three](TrackAll::stop_after) failed requests in a row, whatever the reason. Before a request counts as failed, it was
//! tried again as every call is: for these, if no connection came about or the limit was used up.
//!
//! **Nothing is lost.** [`Report::failed_entries`] has what failed and [`Report::into_remaining`] gives it back, together with
//! the iterator that holds what was never read. To go on later from the same source, [`TrackAll::resume_at`] takes
//! [`Report::position`].
//!
//! **Long runs.** [`TrackAll::chunks`] gives each request's outcome when it is known, to show progress or slow down. Stop
//! by not asking for the next one.

mod chunk;
mod entry;
mod report;
mod run;

pub use chunk::{Chunk, InvalidEntry};
pub use entry::{Entry, MissingIdError, validate};
pub use report::{Outcome, Report};
pub use run::{Chunks, TrackAll};

/// How many entries WebEngage takes per request.
pub const LIMIT: usize = 25;
