//! A few entries that went, or didn't go, together.

use std::fmt;
use std::ops::Range;

use crate::types::QueuedContainer;
use crate::{Error, Response};

/// What became of up to [`LIMIT`](super::LIMIT) entries: those of one request, and those refused among them.
pub struct Chunk<T> {
    pub(super) positions: Range<usize>,
    pub(super) sent: Sent<T>,
    pub(super) refused: Vec<InvalidEntry<T>>,
    pub(super) is_last: bool,
}

/// What became of the request.
pub(super) enum Sent<T> {
    /// All entries were refused, so there was none.
    Nothing,
    Queued(Box<Response<QueuedContainer>>),
    Failed {
        error: Error,
        /// With their positions.
        entries: Vec<(usize, T)>,
    },
}

/// An entry that was never sent, because it doesn't say whom it is about.
pub struct InvalidEntry<T> {
    pub(super) position: usize,
    pub(super) reason: &'static str,
    pub(super) entry: T,
}

impl<T> InvalidEntry<T> {
    /// Where the entry stands, counted from 0.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Why it was not sent.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.reason
    }

    /// The entry.
    #[must_use]
    pub fn entry(&self) -> &T {
        &self.entry
    }
}

impl<T> fmt::Display for InvalidEntry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {} {}", self.position, self.reason)
    }
}

impl<T> fmt::Debug for InvalidEntry<T> {
    /// The entry is left out: it can be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidEntry")
            .field("position", &self.position)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<T> Chunk<T> {
    /// Where the entries stand, counted from 0. The end is where to [resume](super::TrackAll::resume_at) after this one.
    #[must_use]
    pub fn positions(&self) -> Range<usize> {
        self.positions.clone()
    }

    /// How many of them WebEngage has queued.
    #[must_use]
    pub fn queued(&self) -> usize {
        match &self.sent {
            Sent::Queued(_) => self.positions.len() - self.refused.len(),
            Sent::Nothing | Sent::Failed { .. } => 0,
        }
    }

    /// WebEngage's response, if it has queued the entries. How many requests are left in this minute:
    /// [`rate_limit`](Response::rate_limit).
    #[must_use]
    pub fn response(&self) -> Option<&Response<QueuedContainer>> {
        match &self.sent {
            Sent::Queued(response) => Some(response),
            Sent::Nothing | Sent::Failed { .. } => None,
        }
    }

    /// Why the request failed, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &self.sent {
            Sent::Failed { error, .. } => Some(error),
            Sent::Nothing | Sent::Queued(_) => None,
        }
    }

    /// The entries of a request that failed, with their positions.
    pub fn failed_entries(&self) -> impl Iterator<Item = (usize, &T)> {
        let entries = match &self.sent {
            Sent::Failed { entries, .. } => entries.as_slice(),
            Sent::Nothing | Sent::Queued(_) => &[],
        };
        entries.iter().map(|(position, entry)| (*position, entry))
    }

    /// The entries that were never sent, because they don't say whom they are about.
    #[must_use]
    pub fn invalid(&self) -> &[InvalidEntry<T>] {
        &self.refused
    }

    /// Whether the run ends here because going on would be in vain.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }
}

impl<T> fmt::Debug for Chunk<T> {
    /// Entries are left out: they can be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("positions", &self.positions)
            .field("queued", &self.queued())
            .field("error", &self.error())
            .field("refused", &self.refused)
            .field("is_last", &self.is_last)
            .finish()
    }
}
