//! Jitter: random waits, so that clients that failed together do not retry together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fastrand::Rng;

/// A source of random numbers, not for cryptography.
#[derive(Debug)]
pub(crate) enum Jitter {
    Random,
    /// Reproducible numbers, for tests.
    Seeded(Mutex<Rng>),
}

impl Jitter {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        seed.map_or(Self::Random, |seed| {
            Self::Seeded(Mutex::new(Rng::with_seed(seed)))
        })
    }

    /// At least 0 and less than 1.
    pub(crate) fn random(&self) -> f64 {
        match self {
            Self::Random => fastrand::f64(),
            Self::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).f64(),
        }
    }

    /// Up to a tenth of a wait that the provider asked for.
    pub(crate) fn tenth_of(&self, wait: Duration) -> Duration {
        wait.mul_f64(0.1 * self.random())
    }
}
