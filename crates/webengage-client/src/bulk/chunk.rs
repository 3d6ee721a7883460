//! The entries of one request.

use std::fmt;
use std::ops::Range;

use crate::types::QueuedContainer;
use crate::{Error, Response};

/// The result of up to [`LIMIT`](super::LIMIT) entries: those of one request, and invalid entries among them.
pub struct Chunk<T> {
    pub(super) positions: Range<usize>,
    pub(super) sent: RequestResult<T>,
    pub(super) invalid: Vec<InvalidEntry<T>>,
    pub(super) is_last: bool,
}

/// The result of the request.
pub(super) enum RequestResult<T> {
    /// All entries are invalid, so there was no request.
    Nothing,
    Queued(Box<Response<QueuedContainer>>),
    Failed {
        error: Error,
        /// With their positions.
        entries: Vec<(usize, T)>,
    },
}

/// An entry that was not sent because it has no id.
pub struct InvalidEntry<T> {
    pub(super) position: usize,
    pub(super) reason: &'static str,
    pub(super) entry: T,
}

impl<T> InvalidEntry<T> {
    /// Position of the entry, from 0.
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
    /// Without the entry: it can be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidEntry")
            .field("position", &self.position)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl<T> Chunk<T> {
    /// Positions of the entries, from 0. Pass the end to [`resume_at`](super::TrackAll::resume_at) to continue after them.
    #[must_use]
    pub fn positions(&self) -> Range<usize> {
        self.positions.clone()
    }

    /// Number of entries that WebEngage has queued.
    #[must_use]
    pub fn queued(&self) -> usize {
        match &self.sent {
            RequestResult::Queued(_) => self.positions.len() - self.invalid.len(),
            RequestResult::Nothing | RequestResult::Failed { .. } => 0,
        }
    }

    /// The response, if WebEngage has queued the entries. Its [`rate_limit`](Response::rate_limit) has the number of requests
    /// left in this minute.
    #[must_use]
    pub fn response(&self) -> Option<&Response<QueuedContainer>> {
        match &self.sent {
            RequestResult::Queued(response) => Some(response),
            RequestResult::Nothing | RequestResult::Failed { .. } => None,
        }
    }

    /// Why the request failed, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &self.sent {
            RequestResult::Failed { error, .. } => Some(error),
            RequestResult::Nothing | RequestResult::Queued(_) => None,
        }
    }

    /// The entries of a request that failed, with their positions.
    pub fn failed_entries(&self) -> impl Iterator<Item = (usize, &T)> {
        let entries = match &self.sent {
            RequestResult::Failed { entries, .. } => entries.as_slice(),
            RequestResult::Nothing | RequestResult::Queued(_) => &[],
        };
        entries.iter().map(|(position, entry)| (*position, entry))
    }

    /// The entries that were not sent because they have no id.
    #[must_use]
    pub fn invalid(&self) -> &[InvalidEntry<T>] {
        &self.invalid
    }

    /// Whether the run ends here because further requests would fail too.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.is_last
    }
}

impl<T> fmt::Debug for Chunk<T> {
    /// Without entries: they can be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk")
            .field("positions", &self.positions)
            .field("queued", &self.queued())
            .field("error", &self.error())
            .field("invalid", &self.invalid)
            .field("is_last", &self.is_last)
            .finish()
    }
}
