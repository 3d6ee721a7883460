//! The time limits of a call and of its attempts.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::client::core::Limits;
#[cfg(feature = "multipart")]
use crate::request::upload::Progress;

/// When a call must have ended.
pub(super) struct Deadline {
    overall: Instant,
    limits: Limits,
}

impl Deadline {
    /// It starts now.
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            overall: deadline_in(limits.overall),
            limits,
        }
    }

    /// Whether there is no time at all.
    pub(super) fn is_zero(&self) -> bool {
        self.limits.overall.is_zero() || self.limits.attempt.is_zero()
    }

    pub(super) fn overall(&self) -> Instant {
        self.overall
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

    /// Gives the call its full time again, counted from the last progress of an attempt's upload.
    pub(super) fn extend_by(&mut self, attempt: &AttemptDeadline) {
        self.overall = attempt.extended(self.overall, self.limits.overall);
    }
}

/// When an attempt must have ended. The time limit starts anew whenever an upload progresses.
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

    /// What the upload reports its progress to.
    #[cfg(feature = "multipart")]
    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// When it is, without regard to uploads.
    #[cfg(feature = "multipart")]
    pub(super) fn at(&self) -> Instant {
        self.at
    }

    /// The output of `future`, if it is there in time.
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
