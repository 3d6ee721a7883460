//! Sending entries in several requests.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use engagement_core::{CallContext, CallSettings};

#[cfg(feature = "blocking")]
use crate::blocking;
use crate::events::Events;
use crate::types::{EventTrack, QueuedContainer, UserUpsert};
use crate::users::Users;
use crate::{Client, Error, ErrorKind, Response, ResponseFuture, Stream};

use super::chunk::{Chunk, InvalidEntry, RequestResult};
use super::entry::MISSING_ID;
use super::{BulkEntry, LIMIT, Report};

/// Failed requests in a row that end a run.
const STOP_AFTER: usize = 3;

impl<C> Users<C> {
    /// Create or update any number of users, 25 in a request, in order.
    ///
    /// [`bulk`](crate::bulk) describes the outcome of an entry, and when a run ends early.
    pub fn track_all<I: IntoIterator>(&self, users: I) -> TrackAll<UserUpsert, I::IntoIter, C>
    where
        I::Item: Into<UserUpsert>,
    {
        TrackAll::new(self.call_context.clone(), users.into_iter())
    }
}

impl<C> Events<C> {
    /// Record any number of events, 25 in a request, in order.
    ///
    /// [`bulk`](crate::bulk) describes the outcome of an entry, and when a run ends early. An event that is sent twice is
    /// recorded twice.
    pub fn track_all<I: IntoIterator>(&self, events: I) -> TrackAll<EventTrack, I::IntoIter, C>
    where
        I::Item: Into<EventTrack>,
    {
        TrackAll::new(self.call_context.clone(), events.into_iter())
    }
}

/// A bulk run, created by `users().track_all(…)` or `events().track_all(…)`; see [`bulk`](crate::bulk).
#[must_use = "nothing is sent before `send`, or before a chunk is polled"]
pub struct TrackAll<T, I, C = Client> {
    call_context: CallContext<C>,
    entries: I,
    /// License code of the account; it may contain `~`. The client's value if not set.
    pub license_code: Option<String>,
    start: usize,
    stop_after: usize,
    entry: PhantomData<fn() -> T>,
}

impl<T: BulkEntry, I: Iterator, C> TrackAll<T, I, C>
where
    I::Item: Into<T>,
{
    fn new(call_context: CallContext<C>, entries: I) -> Self {
        Self {
            call_context,
            entries,
            license_code: None,
            start: 0,
            stop_after: STOP_AFTER,
            entry: PhantomData,
        }
    }

    /// License code of the account; it may contain `~`. The client's value if not set.
    pub fn license_code(mut self, value: impl Into<String>) -> Self {
        self.license_code = Some(value.into());
        self
    }

    /// Continues an earlier run at a position, from 0. Entries before it are read and dropped. Positions in results count them
    /// too.
    pub fn resume_at(mut self, position: usize) -> Self {
        self.start = position;
        self
    }

    /// Number of failed requests in a row that end the run; 3 if not set. Some failures end it at once, see
    /// [`bulk`](crate::bulk).
    pub fn stop_after(mut self, failures: usize) -> Self {
        self.stop_after = failures.max(1);
        self
    }

    /// Changes time limits, size limits or retries of the requests of this run only.
    pub fn with(mut self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
        self.call_context.change(change);
        self
    }

    /// Sends the entries, and returns the result of each request. Each request is sent when its chunk is polled.
    ///
    /// It ends after the last entry, and after a chunk that [ends the run](Chunk::is_last). It owns the iterator: to keep the
    /// entries that were not read, pass `&mut iterator`, or [resume](Self::resume_at) with a new one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use engagement_sandbox::{Sandbox, WebEngage};
    /// # let sandbox = Sandbox::start().await?;
    /// # let client = webengage_client::Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
    /// #     .base_url(sandbox.webengage().base_url()).build()?;
    /// use webengage_client::types::EventTrack;
    ///
    /// let events = (0..60).map(|at| EventTrack::new("Imported").user_id(format!("u{at}")));
    /// let mut chunks = client.events().track_all(events).chunks();
    /// let mut done = 0; // store it: `.resume_at(done)` continues there
    /// while let Some(chunk) = chunks.next().await {
    ///     done = chunk.positions().end;
    ///     println!("{done} of 60: {:?}", chunk.error());
    /// }
    /// assert_eq!(done, 60);
    /// # Ok(())
    /// # }
    /// ```
    pub fn chunks(self) -> Chunks<T, I, C> {
        Chunks {
            position: self.start,
            track: self,
            failures_in_a_row: 0,
            has_begun: false,
            has_ended: false,
            pending: None,
        }
    }

    async fn run(self) -> Report<T, I> {
        let mut chunks = self.chunks();
        let mut report = Report::new(chunks.position);
        while let Some(chunk) = chunks.next_chunk().await {
            report.add(chunk);
        }
        report.finished(chunks.track.entries)
    }
}

impl<T: BulkEntry, I: Iterator> TrackAll<T, I>
where
    I::Item: Into<T>,
{
    /// Sends all entries, and reports their outcomes.
    ///
    /// It never fails as a whole: the report has the errors. Dropping the future stops further requests.
    pub async fn send(self) -> Report<T, I> {
        self.run().await
    }
}

#[cfg(feature = "blocking")]
impl<T: BulkEntry, I: Iterator> TrackAll<T, I, blocking::Client>
where
    I::Item: Into<T>,
{
    /// Sends all entries, and reports their outcomes. It blocks until the last request is done.
    ///
    /// It never fails as a whole: the report has the errors.
    pub fn send(self) -> Report<T, I> {
        let core = self.call_context.core().clone();
        core.block_on(self.run())
    }
}

/// The results of the requests of a run; created by [`TrackAll::chunks`].
///
/// It is a [`Stream`]; [`next`](Self::next) works without another crate. With a blocking client it is an iterator. Dropping
/// it ends the run.
#[must_use = "requests are sent when their chunks are polled"]
pub struct Chunks<T, I, C = Client> {
    track: TrackAll<T, I, C>,
    /// Position of the next entry.
    position: usize,
    failures_in_a_row: usize,
    has_begun: bool,
    has_ended: bool,
    pending: Option<PendingChunk<T>>,
}

/// The entries of a request in progress.
struct PendingChunk<T> {
    first: usize,
    /// With their positions. They stay here, so that a failed request returns them.
    entries: Vec<(usize, T)>,
    invalid: Vec<InvalidEntry<T>>,
    /// `None` if all entries are invalid.
    request: Option<ResponseFuture<QueuedContainer>>,
}

impl<T: BulkEntry, I: Iterator> Chunks<T, I>
where
    I::Item: Into<T>,
{
    /// The result of the next request, `None` after the last.
    pub async fn next(&mut self) -> Option<Chunk<T>> {
        self.next_chunk().await
    }
}

impl<T: BulkEntry, I: Iterator> Stream for Chunks<T, I>
where
    I::Item: Into<T>,
{
    type Item = Chunk<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Chunk<T>>> {
        self.poll_chunk(context)
    }
}

#[cfg(feature = "blocking")]
impl<T: BulkEntry, I: Iterator> Iterator for Chunks<T, I, blocking::Client>
where
    I::Item: Into<T>,
{
    type Item = Chunk<T>;

    fn next(&mut self) -> Option<Chunk<T>> {
        let core = self.track.call_context.core().clone();
        core.block_on(self.next_chunk())
    }
}

/// Nothing in it is pinned.
impl<T, I, C> Unpin for Chunks<T, I, C> {}

impl<T: BulkEntry, I: Iterator, C> Chunks<T, I, C>
where
    I::Item: Into<T>,
{
    async fn next_chunk(&mut self) -> Option<Chunk<T>> {
        std::future::poll_fn(|context| self.poll_chunk(context)).await
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Chunk<T>>> {
        let Some(mut chunk) = self.pending.take().or_else(|| self.begin()) else {
            return Poll::Ready(None);
        };
        let sent = match &mut chunk.request {
            None => RequestResult::Nothing,
            Some(request) => match Pin::new(request).poll(context) {
                Poll::Ready(result) => self.sent(result, chunk.entries),
                Poll::Pending => {
                    self.pending = Some(chunk);
                    return Poll::Pending;
                }
            },
        };
        Poll::Ready(Some(Chunk {
            positions: chunk.first..self.position,
            sent,
            invalid: chunk.invalid,
            is_last: self.has_ended,
        }))
    }

    /// Begins the next request; `None` at the end.
    fn begin(&mut self) -> Option<PendingChunk<T>> {
        if self.has_ended {
            return None;
        }
        let first = self.position;
        let (entries, invalid) = self.read();
        if first == self.position {
            // Some iterators restart after their end.
            self.has_ended = true;
            return None;
        }
        let request = (!entries.is_empty()).then(|| {
            let copies = entries.iter().map(|(_, entry)| entry.clone()).collect();
            let license_code = self.track.license_code.clone();
            T::track_bulk(self.track.call_context.clone(), license_code, copies)
        });
        Some(PendingChunk {
            first,
            entries,
            invalid,
            request,
        })
    }

    /// The next entries with their positions, and the invalid ones.
    fn read(&mut self) -> (Vec<(usize, T)>, Vec<InvalidEntry<T>>) {
        if !std::mem::replace(&mut self.has_begun, true)
            && let Some(last) = self.track.start.checked_sub(1)
            && self.track.entries.nth(last).is_none()
        {
            return (Vec::new(), Vec::new());
        }
        let (mut entries, mut invalid) = (Vec::with_capacity(LIMIT), Vec::new());
        for entry in self.track.entries.by_ref().take(LIMIT) {
            let (position, entry) = (self.position, entry.into());
            self.position += 1;
            if entry.has_id() {
                entries.push((position, entry));
            } else {
                invalid.push(InvalidEntry {
                    position,
                    reason: MISSING_ID,
                    entry,
                });
            }
        }
        (entries, invalid)
    }

    /// The result of a request.
    fn sent(
        &mut self,
        result: Result<Response<QueuedContainer>, Error>,
        entries: Vec<(usize, T)>,
    ) -> RequestResult<T> {
        match result {
            Ok(response) => {
                self.failures_in_a_row = 0;
                RequestResult::Queued(Box::new(response))
            }
            Err(error) => {
                self.failures_in_a_row += 1;
                self.has_ended =
                    concerns_all(&error) || self.failures_in_a_row >= self.track.stop_after;
                RequestResult::Failed { error, entries }
            }
        }
    }
}

/// Whether the next request would fail for the same reason.
fn concerns_all(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::InvalidRequest
        | ErrorKind::MissingCredentials
        | ErrorKind::Configuration
        | ErrorKind::Connect
        | ErrorKind::RateLimited
        | ErrorKind::Redirect => true,
        ErrorKind::Api => {
            error.is_unauthorized()
                || error.is_forbidden()
                || error.is_not_found()
                || error.is_rate_limited()
        }
        _ => false,
    }
}

impl<T, I, C> fmt::Debug for TrackAll<T, I, C> {
    /// Without values: they can be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackAll")
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}

impl<T, I, C> fmt::Debug for Chunks<T, I, C> {
    /// Without values: they can be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunks")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
