//! What became of all entries.

use std::fmt;

use super::chunk::{Chunk, InvalidEntry, Sent};
use crate::Error;

/// What became of each entry that [`send`](super::TrackAll::send) was given.
#[must_use = "it says what was not sent"]
pub struct Report<T, I> {
    start: usize,
    position: usize,
    queued: usize,
    requests: usize,
    failures: Vec<Failure<T>>,
    refused: Vec<InvalidEntry<T>>,
    has_stopped: bool,
    rest: I,
}

struct Failure<T> {
    error: Error,
    /// With their positions, in order.
    entries: Vec<(usize, T)>,
}

/// What became of one entry.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Outcome<'a> {
    /// WebEngage has taken it and will look at it later; bad entries are dropped then, without a word.
    Queued,
    /// The request that it was in failed. The error is the same for all entries of the request.
    Failed(&'a Error),
    /// It doesn't say whom it is about, and was never sent; this is why.
    Invalid(&'a str),
    /// The run ended before it, or began after it, or there is no such entry.
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
            refused: Vec::new(),
            has_stopped: false,
            rest: (),
        }
    }

    pub(super) fn add(&mut self, chunk: Chunk<T>) {
        self.position = chunk.positions.end;
        self.queued += chunk.queued();
        self.has_stopped = chunk.is_last;
        self.refused.extend(chunk.refused);
        self.requests += usize::from(!matches!(chunk.sent, Sent::Nothing));
        if let Sent::Failed { error, entries } = chunk.sent {
            self.failures.push(Failure { error, entries });
        }
    }

    pub(super) fn finished<I>(self, rest: I) -> Report<T, I> {
        Report {
            start: self.start,
            position: self.position,
            queued: self.queued,
            requests: self.requests,
            failures: self.failures,
            refused: self.refused,
            has_stopped: self.has_stopped,
            rest,
        }
    }
}

impl<T, I> Report<T, I> {
    /// Whether WebEngage has queued every entry.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failures.is_empty() && self.refused.is_empty()
    }

    /// How many entries WebEngage has queued.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.queued
    }

    /// How many entries were in requests that failed.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.failures
            .iter()
            .map(|failure| failure.entries.len())
            .sum()
    }

    /// How many requests there were.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests
    }

    /// Where the first entry stands that was never read; all of them were if the run didn't end early. This is where to
    /// [resume](super::TrackAll::resume_at).
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

    /// What became of the entry at a position, counted from 0.
    #[must_use]
    pub fn outcome(&self, position: usize) -> Outcome<'_> {
        if !(self.start..self.position).contains(&position) {
            return Outcome::NotSent;
        }
        let refused = self
            .refused
            .binary_search_by_key(&position, |refused| refused.position);
        if let Some(refused) = refused.ok().and_then(|at| self.refused.get(at)) {
            return Outcome::Invalid(refused.reason);
        }
        let ends_before = |failure: &Failure<T>| {
            let last = failure.entries.last();
            last.is_none_or(|(last, _)| *last < position)
        };
        let failure = self
            .failures
            .get(self.failures.partition_point(ends_before));
        let holds = |failure: &&Failure<T>| {
            let first = failure.entries.first();
            first.is_some_and(|(first, _)| *first <= position)
        };
        // Between the first and the last of a request all were in it, except for those refused.
        match failure.filter(holds) {
            Some(failure) => Outcome::Failed(&failure.error),
            None => Outcome::Queued,
        }
    }

    /// What became of each entry that was read, with its position, in order. Those after
    /// [`position`](Self::position) were not sent.
    pub fn outcomes(&self) -> impl Iterator<Item = (usize, Outcome<'_>)> {
        (self.start..self.position).map(|position| (position, self.outcome(position)))
    }

    /// The entries of requests that failed, with their positions, in order.
    pub fn failed_entries(&self) -> impl Iterator<Item = (usize, &T)> {
        let entries = self.failures.iter().flat_map(|failure| &failure.entries);
        entries.map(|(position, entry)| (*position, entry))
    }

    /// The entries that were never sent because they don't say whom they are about, in order.
    #[must_use]
    pub fn invalid(&self) -> &[InvalidEntry<T>] {
        &self.refused
    }

    /// What there is to send again: the entries of requests that failed, and the iterator with those that were never
    /// read.
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
    /// Entries are left out: they can be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report")
            .field("queued", &self.queued)
            .field("failed", &self.failed())
            .field("refused", &self.refused)
            .field("requests", &self.requests)
            .field("position", &self.position)
            .field("stopped", &self.stopped())
            .finish_non_exhaustive()
    }
}
