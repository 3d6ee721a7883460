//! The report of a bulk run.

use std::fmt;

use super::chunk::{Chunk, InvalidEntry, RequestResult};
use crate::Error;

/// The outcomes of all entries of [`send`](super::TrackAll::send).
#[must_use = "it reports which entries were not sent"]
pub struct Report<T, I> {
    start: usize,
    position: usize,
    queued: usize,
    requests: usize,
    failures: Vec<FailedRequest<T>>,
    invalid: Vec<InvalidEntry<T>>,
    has_stopped: bool,
    rest: I,
}

struct FailedRequest<T> {
    error: Error,
    /// With their positions, in order.
    entries: Vec<(usize, T)>,
}

/// The outcome of one entry.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum EntryOutcome<'a> {
    /// WebEngage has accepted it. It validates entries later, and silently drops invalid ones.
    Queued,
    /// Its request failed. All entries of the request have the same error.
    Failed(&'a Error),
    /// It has no id and was not sent; this is the reason.
    Invalid(&'a str),
    /// The run ended before it or began after it, or there is no such entry.
    NotSent,
}

impl<T> Report<T, ()> {
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            position: start,
            queued: 0,
            requests: 0,
            failures: Vec::new(),
            invalid: Vec::new(),
            has_stopped: false,
            rest: (),
        }
    }

    pub(super) fn add(&mut self, chunk: Chunk<T>) {
        self.position = chunk.positions.end;
        self.queued += chunk.queued();
        self.has_stopped = chunk.is_last;
        self.invalid.extend(chunk.invalid);
        self.requests += usize::from(!matches!(chunk.sent, RequestResult::Nothing));
        if let RequestResult::Failed { error, entries } = chunk.sent {
            self.failures.push(FailedRequest { error, entries });
        }
    }

    pub(super) fn finished<I>(self, rest: I) -> Report<T, I> {
        Report {
            start: self.start,
            position: self.position,
            queued: self.queued,
            requests: self.requests,
            failures: self.failures,
            invalid: self.invalid,
            has_stopped: self.has_stopped,
            rest,
        }
    }
}

impl<T, I> Report<T, I> {
    /// Whether WebEngage has queued every entry.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && self.invalid.is_empty()
    }

    /// Number of entries that WebEngage has queued.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// Number of entries in failed requests.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failures
            .iter()
            .map(|failure| failure.entries.len())
            .sum()
    }

    /// Number of requests.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests
    }

    /// Position of the first entry that was not read; the number of entries if the run did not end early. Pass it to
    /// [`resume_at`](super::TrackAll::resume_at) to continue.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// The error that ended the run early; `None` if all entries were read.
    #[must_use]
    pub fn stopped(&self) -> Option<&Error> {
        let last = self.failures.last().filter(|_| self.has_stopped)?;
        Some(&last.error)
    }

    /// The errors of the requests that failed, in order.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.failures.iter().map(|failure| &failure.error)
    }

    /// The outcome of the entry at a position, from 0.
    #[must_use]
    pub fn outcome(&self, position: usize) -> EntryOutcome<'_> {
        if !(self.start..self.position).contains(&position) {
            return EntryOutcome::NotSent;
        }
        let invalid = self
            .invalid
            .binary_search_by_key(&position, |invalid| invalid.position);
        if let Some(invalid) = invalid.ok().and_then(|at| self.invalid.get(at)) {
            return EntryOutcome::Invalid(invalid.reason);
        }
        let ends_before = |failure: &FailedRequest<T>| {
            let last = failure.entries.last();
            last.is_none_or(|(last, _)| *last < position)
        };
        let failure = self
            .failures
            .get(self.failures.partition_point(ends_before));
        let contains = |failure: &&FailedRequest<T>| {
            let first = failure.entries.first();
            first.is_some_and(|(first, _)| *first <= position)
        };
        // A request has all entries between its first and last, except for invalid ones.
        match failure.filter(contains) {
            Some(failure) => EntryOutcome::Failed(&failure.error),
            None => EntryOutcome::Queued,
        }
    }

    /// The outcome of each entry that was read, with its position, in order. Entries from
    /// [`position`](Self::position) on were not sent.
    pub fn outcomes(&self) -> impl Iterator<Item = (usize, EntryOutcome<'_>)> {
        (self.start..self.position).map(|position| (position, self.outcome(position)))
    }

    /// The entries of requests that failed, with their positions, in order.
    pub fn failed_entries(&self) -> impl Iterator<Item = (usize, &T)> {
        let entries = self.failures.iter().flat_map(|failure| &failure.entries);
        entries.map(|(position, entry)| (*position, entry))
    }

    /// The entries that were not sent because they have no id, in order.
    #[must_use]
    pub fn invalid(&self) -> &[InvalidEntry<T>] {
        &self.invalid
    }

    /// The entries to send again: those of failed requests, and the iterator with those that were not read.
    ///
    /// ```no_run
    /// # async fn run(client: webengage_client::Client, users: Vec<webengage_client::types::UserUpsert>) {
    /// let report = client.users().track_all(users).send().await;
    /// if let Some(error) = report.stopped() {
    ///     println!("ended at {}: {error}", report.position());
    /// }
    /// // Later:
    /// let (failed, rest) = report.into_remaining();
    /// let again = client.users().track_all(failed.into_iter().chain(rest)).send().await;
    /// # }
    /// ```
    #[must_use]
    pub fn into_remaining(self) -> (Vec<T>, I) {
        let entries = self
            .failures
            .into_iter()
            .flat_map(|failure| failure.entries);
        (entries.map(|(_, entry)| entry).collect(), self.rest)
    }
}

impl<T, I> fmt::Debug for Report<T, I> {
    /// Without entries: they can be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("queued", &self.queued)
            .field("failed", &self.failed())
            .field("invalid", &self.invalid)
            .field("requests", &self.requests)
            .field("position", &self.position)
            .field("stopped", &self.stopped())
            .finish_non_exhaustive()
    }
}
