//! The time limits of a call and of its attempts.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::client::core::Limits;
use crate::rate_limit::TimeLeft;
#[cfg(feature = "multipart")]
use crate::request::upload::Progress;

/// The deadline of a call.
pub(super) struct Deadline {
    overall: Instant,
    limits: Limits,
}

impl Deadline {
    /// The time limit starts now.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            overall: deadline_in(limits.overall),
            limits,
        }
    }

    /// Whether a time limit is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.limits.overall.is_zero() || self.limits.attempt.is_zero()
    }

    pub(super) fn overall(&self) -> Instant {
        self.overall
    }

    /// The time that is left to wait for a rate limit or the end of a pause.
    pub(super) fn time_left(&self) -> TimeLeft {
        TimeLeft {
            deadline: self.overall,
            attempt: self.limits.attempt,
        }
    }

    /// The deadline of an attempt that starts now.
    pub(super) fn attempt(&self) -> AttemptDeadline {
        AttemptDeadline {
            at: self.overall.min(deadline_in(self.limits.attempt)),
            limit: self.limits.attempt.min(self.limits.overall),
            #[cfg(feature = "multipart")]
            progress: Progress::new(),
        }
    }

    /// Restarts the time limit of the call at the last upload progress of an attempt.
    pub(super) fn extend_by(&mut self, attempt: &AttemptDeadline) {
        self.overall = attempt.extended(self.overall, self.limits.overall);
    }
}

/// The deadline of an attempt. Upload progress restarts the time limit.
pub(super) struct AttemptDeadline {
    at: Instant,
    limit: Duration,
    #[cfg(feature = "multipart")]
    progress: Progress,
}

impl AttemptDeadline {
    #[cfg(feature = "multipart")]
    fn extended(&self, deadline: Instant, limit: Duration) -> Instant {
        let last = self.progress.last();
        let anew = last.and_then(|last| last.checked_add(limit));
        anew.map_or(deadline, |anew| deadline.max(anew))
    }

    #[cfg(not(feature = "multipart"))]
    #[allow(
        clippy::unused_self,
        reason = "there are no uploads without the feature"
    )]
    fn extended(&self, deadline: Instant, _: Duration) -> Instant {
        deadline
    }

    /// The upload reports its progress here.
    #[cfg(feature = "multipart")]
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The deadline without upload progress.
    #[cfg(feature = "multipart")]
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// The output of `future`, or `None` if the deadline passes first.
    pub(super) async fn in_time<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        loop {
            let deadline = self.extended(self.at, self.limit);
            match timeout_at(deadline, &mut future).await {
                Ok(output) => return Some(output),
                Err(_) if self.extended(self.at, self.limit) > deadline => {}
                Err(_) => return None,
            }
        }
    }
}
