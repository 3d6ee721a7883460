//! Sending one few after the other.

use std::fmt::{self, Display};
use std::pin::Pin;

use futures_util::{StreamExt as _, stream};

use super::chunk::{Chunk, Refused, Sent};
use super::entry::MISSING_ID;
use super::{Entry, LIMIT, Report};
use crate::builder::{Events, Users};
use crate::types::{BulkEvents, BulkUsers, EventTrack, QueuedContainer, UserUpsert};
use crate::{Client, Error, ErrorKind, Extra, ResponseValue, Stream};

/// Failed requests in a row that end a run.
const STOP_AFTER: usize = 3;

/// Sends a few entries, to another account than the client's if its license code is given.
///
/// Boxed, because the compiler can't tell of a trait's own futures that a run may be spawned.
type SendFew<'a, T> = Box<dyn Fn(Vec<T>, Option<String>) -> Sending<'a> + Send + Sync + 'a>;

type Sending<'a> =
    Pin<Box<dyn Future<Output = Result<ResponseValue<QueuedContainer>, Error>> + Send + 'a>>;

impl<'a> Users<'a> {
    /// Create or update any number of users, 25 in a request, in order.
    ///
    /// Takes finished values or their builders. See [`bulk`](crate::bulk) for what is told about each entry, and when a
    /// run ends early.
    pub fn track_all<I: IntoIterator>(&self, users: I) -> TrackAll<'a, UserUpsert, I::IntoIter>
    where
        I::Item: TryInto<UserUpsert, Error: Display>,
    {
        let calls = *self;
        let send: SendFew<'a, UserUpsert> = Box::new(move |users, license_code| {
            let extra = Extra::new();
            let mut call = calls.track_bulk().body(BulkUsers { users, extra });
            if let Some(license_code) = license_code {
                call = call.license_code(license_code);
            }
            Box::pin(call.send())
        });
        TrackAll::new(self.client, send, users.into_iter())
    }
}

impl<'a> Events<'a> {
    /// Record any number of events, 25 in a request, in order.
    ///
    /// Takes finished values or their builders. See [`bulk`](crate::bulk) for what is told about each entry, and when a
    /// run ends early. An event that is sent twice is recorded twice.
    pub fn track_all<I: IntoIterator>(&self, events: I) -> TrackAll<'a, EventTrack, I::IntoIter>
    where
        I::Item: TryInto<EventTrack, Error: Display>,
    {
        let calls = *self;
        let send: SendFew<'a, EventTrack> = Box::new(move |events, license_code| {
            let extra = Extra::new();
            let mut call = calls.track_bulk().body(BulkEvents { events, extra });
            if let Some(license_code) = license_code {
                call = call.license_code(license_code);
            }
            Box::pin(call.send())
        });
        TrackAll::new(self.client, send, events.into_iter())
    }
}

/// Many users or events to be sent, from `users().track_all(…)` or `events().track_all(…)`; see [`bulk`](crate::bulk).
#[must_use = "nothing is sent before `send`, or before a chunk is asked for"]
pub struct TrackAll<'a, T, I, C = Client> {
    #[cfg_attr(
        not(feature = "blocking"),
        allow(dead_code, reason = "only a blocking client is asked to wait")
    )]
    pub(crate) client: &'a C,
    send: SendFew<'a, T>,
    entries: I,
    license_code: Option<String>,
    start: usize,
    stop_after: usize,
}

impl<'a, T: Entry, I: Iterator, C> TrackAll<'a, T, I, C>
where
    I::Item: TryInto<T, Error: Display>,
{
    fn new(client: &'a C, send: SendFew<'a, T>, entries: I) -> Self {
        Self {
            client,
            send,
            entries,
            license_code: None,
            start: 0,
            stop_after: STOP_AFTER,
        }
    }

    /// The same run for another client to wait for.
    #[cfg(feature = "blocking")]
    pub(crate) fn through<D>(self, client: &'a D) -> TrackAll<'a, T, I, D> {
        TrackAll {
            client,
            send: self.send,
            entries: self.entries,
            license_code: self.license_code,
            start: self.start,
            stop_after: self.stop_after,
        }
    }

    /// License code of the account; it may contain `~`. Taken from the client if not set here.
    pub fn license_code(mut self, value: impl Into<String>) -> Self {
        self.license_code = Some(value.into());
        self
    }

    /// Begins with the entry at a position, counted from 0, to go on with a run that ended. Those before it are read and
    /// dropped. Positions are told as if all were sent.
    pub fn resume_at(mut self, position: usize) -> Self {
        self.start = position;
        self
    }

    /// How many failed requests in a row end the run; 3 if not set. Refused credentials and their like end it at once.
    pub fn stop_after(mut self, failures: usize) -> Self {
        self.stop_after = failures.max(1);
        self
    }
}

impl<'a, T: Entry, I: Iterator> TrackAll<'a, T, I>
where
    I::Item: TryInto<T, Error: Display>,
{
    /// Sends them all, and tells what became of each.
    ///
    /// It doesn't fail as a whole: errors are in the report. Dropped before it's done, it sends no further request.
    pub async fn send(self) -> Report<T, I> {
        let mut run = Run::new(self);
        let mut report = Report::new(run.position);
        while let Some(chunk) = run.next().await {
            report.add(chunk);
        }
        report.finished(run.track.entries)
    }

    /// Sends them all, and gives what became of each request when it is known. Each is sent when it is asked for.
    ///
    /// The stream ends after the last entry, and after a chunk that [ends the run](Chunk::ends_run). It takes the
    /// iterator along: to keep what was not read, pass `&mut iterator` or [resume](Self::resume_at) with a new one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use engagement_sandbox::{Sandbox, WebEngage};
    /// # let sandbox = Sandbox::start().await?;
    /// # let client = webengage_client::Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
    /// #     .base_url(sandbox.webengage().base_url()).build()?;
    /// use std::pin::pin;
    ///
    /// use futures_util::StreamExt as _;
    /// use webengage_client::types::EventTrack;
    ///
    /// let events = (0..60).map(|at| EventTrack::builder().user_id(format!("u{at}")).event_name("Imported"));
    /// let mut chunks = pin!(client.events().track_all(events).chunks());
    /// let mut done = 0; // keep it somewhere: `.resume_at(done)` goes on from there
    /// while let Some(chunk) = chunks.next().await {
    ///     done = chunk.positions().end;
    ///     println!("{done} of 60: {:?}", chunk.error());
    /// }
    /// assert_eq!(done, 60);
    /// # Ok(())
    /// # }
    /// ```
    pub fn chunks(self) -> impl Stream<Item = Chunk<T>> + use<'a, T, I> {
        let chunks = stream::unfold(Run::new(self), |mut run| async move {
            let chunk = run.next().await?;
            Some((chunk, run))
        });
        chunks.fuse()
    }
}

/// A run under way.
struct Run<'a, T, I> {
    track: TrackAll<'a, T, I>,
    /// Of the next entry.
    position: usize,
    failures_in_a_row: usize,
    has_begun: bool,
    has_ended: bool,
}

impl<'a, T: Entry, I: Iterator> Run<'a, T, I>
where
    I::Item: TryInto<T, Error: Display>,
{
    fn new(track: TrackAll<'a, T, I>) -> Self {
        Self {
            position: track.start,
            track,
            failures_in_a_row: 0,
            has_begun: false,
            has_ended: false,
        }
    }

    async fn next(&mut self) -> Option<Chunk<T>> {
        if self.has_ended {
            return None;
        }
        let first = self.position;
        let (entries, refused) = self.read();
        if first == self.position {
            // Some iterators would begin anew.
            self.has_ended = true;
            return None;
        }
        let sent = self.send(entries).await;
        Some(Chunk {
            positions: first..self.position,
            sent,
            refused,
            ends_run: self.has_ended,
        })
    }

    /// The next few, with their positions.
    fn read(&mut self) -> (Vec<(usize, T)>, Vec<Refused<T>>) {
        if !std::mem::replace(&mut self.has_begun, true)
            && let Some(last) = self.track.start.checked_sub(1)
            && self.track.entries.nth(last).is_none()
        {
            return (Vec::new(), Vec::new());
        }
        let (mut entries, mut refused) = (Vec::with_capacity(LIMIT), Vec::new());
        for entry in self.track.entries.by_ref().take(LIMIT) {
            let position = self.position;
            self.position += 1;
            let refuse = |reason: String, entry| Refused {
                position,
                reason,
                entry,
            };
            match entry.try_into() {
                Ok(entry) if entry.has_id() => entries.push((position, entry)),
                Ok(entry) => refused.push(refuse(MISSING_ID.to_owned(), Some(entry))),
                Err(error) => refused.push(refuse(format!("can't be built: {error}"), None)),
            }
        }
        (entries, refused)
    }

    async fn send(&mut self, entries: Vec<(usize, T)>) -> Sent<T> {
        if entries.is_empty() {
            return Sent::Nothing;
        }
        // The originals stay: a request that fails gives them back.
        let copies = entries.iter().map(|(_, entry)| entry.clone()).collect();
        let license_code = self.track.license_code.clone();
        match (self.track.send)(copies, license_code).await {
            Ok(answer) => {
                self.failures_in_a_row = 0;
                Sent::Queued(Box::new(answer))
            }
            Err(error) => {
                self.failures_in_a_row += 1;
                self.has_ended =
                    concerns_all(&error) || self.failures_in_a_row >= self.track.stop_after;
                Sent::Failed { error, entries }
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

impl<T, I, C> fmt::Debug for TrackAll<'_, T, I, C> {
    /// Values are left out: they can be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrackAll")
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}
