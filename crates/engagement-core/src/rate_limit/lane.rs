//! Where calls wait for a token of one bucket, in the order in which they came.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::{Instant, timeout_at};

use crate::auth::clock::deadline_in;
use crate::provider::RateLimit;
use crate::rate_limit::store::Bucket;

/// Only the first in the lane asks for a token. Whoever is dropped gives the turn to the next.
pub(crate) struct Lane {
    pub(crate) bucket: Bucket,
    /// As it was set; a bucket's time has a margin.
    pub(crate) limit: RateLimit,
    turn: tokio::sync::Mutex<()>,
    /// Including who has the turn.
    inside: AtomicU32,
    /// Before which there is no token, as far as is known.
    opens: Mutex<Option<Instant>>,
}

/// The turn to ask for a token.
pub(crate) struct Turn<'a> {
    _turn: MutexGuard<'a, ()>,
    _place: Place<'a>,
}

impl Lane {
    pub(crate) fn new(bucket: Bucket, limit: RateLimit) -> Self {
        Self {
            bucket,
            limit,
            turn: tokio::sync::Mutex::default(),
            inside: AtomicU32::new(0),
            opens: Mutex::default(),
        }
    }

    /// The turn, once all who came before have their token. `Err` has the moment of the token, if that is known: at once
    /// if it is too late. `waiting` is told how long a wait will be, as far as is known, before it begins.
    pub(crate) async fn turn(
        &self,
        deadline: Instant,
        waiting: &mut (dyn FnMut(Duration) + Send),
    ) -> Result<Turn<'_>, Option<Instant>> {
        let place = Place::last(&self.inside);
        if place.ahead > 0 {
            let wait = self.opens().map(|opens| {
                // All tokens that come back then are for those ahead, and so on.
                let rounds = place.ahead / self.bucket.requests();
                let first = opens.saturating_duration_since(Instant::now());
                first.saturating_add(self.bucket.per().saturating_mul(rounds))
            });
            let token = wait.map(deadline_in);
            if token.is_some_and(|token| token >= deadline) {
                return Err(token);
            }
            waiting(wait.unwrap_or_default());
        }
        match timeout_at(deadline, self.turn.lock()).await {
            Ok(turn) => Ok(Turn {
                _turn: turn,
                _place: place,
            }),
            Err(_) => Err(self.opens()),
        }
    }

    pub(crate) fn closed_until(&self, opens: Option<Instant>) {
        *self.opens.lock().unwrap_or_else(PoisonError::into_inner) = opens;
    }

    fn opens(&self) -> Option<Instant> {
        *self.opens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of those inside, for as long as it lives.
struct Place<'a> {
    inside: &'a AtomicU32,
    ahead: u32,
}

impl<'a> Place<'a> {
    fn last(inside: &'a AtomicU32) -> Self {
        let ahead = inside.fetch_add(1, Ordering::Relaxed);
        Self { inside, ahead }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.inside.fetch_sub(1, Ordering::Relaxed);
    }
}
