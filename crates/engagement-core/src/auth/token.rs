//! A token and its expiry.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::auth::clock::deadline_in;
use crate::http::date::date;
use crate::secret::Secret;

/// A token is renewed this long before it expires, so that it does not expire in transit.
const MARGIN: Duration = Duration::from_secs(60);

/// A token is used at least this long. If it seems to have expired earlier, a clock is wrong more often than not; and if it
/// has, the provider refuses it, and the client renews it.
const SHORTEST_USE: Duration = Duration::from_secs(10);

/// How long a token of unknown expiry is used; most live for an hour.
const UNKNOWN: Duration = Duration::from_secs(50 * 60);

/// A token from a [`TokenSource`](crate::TokenSource) and its expiry.
#[derive(Debug, Clone)]
pub struct Token {
    pub(crate) text: Secret,
    expiry: Expiry,
}

#[derive(Debug, Clone, Copy)]
enum Expiry {
    Unknown,
    At(SystemTime),
    Monotonic(Instant),
}

impl Token {
    /// A token of unknown expiry, which the client uses for 50 minutes.
    pub fn new(text: impl Into<Secret>) -> Self {
        Self {
            text: text.into(),
            expiry: Expiry::Unknown,
        }
    }

    /// Sets the time at which the token expires, by this machine's clock. If the provider says how long the token lives,
    /// [`expires_in`](Self::expires_in) is safer: it holds even if the two clocks differ.
    #[must_use]
    pub fn expires_at(mut self, time: SystemTime) -> Self {
        self.expiry = Expiry::At(time);
        self
    }

    /// Sets the time at which the token expires, by the clock of the server that sent it with these headers: their `Date` is
    /// the current time there. Without a `Date` it is as [`expires_at`](Self::expires_at).
    #[must_use]
    pub fn expires_at_by(self, time: SystemTime, headers: &HeaderMap) -> Self {
        match date(headers) {
            Some(now) => self.expires_in(time.duration_since(now).unwrap_or_default()),
            None => self.expires_at(time),
        }
    }

    /// Sets how long the token is valid from now.
    #[must_use]
    pub fn expires_in(mut self, life: Duration) -> Self {
        self.expiry = Expiry::Monotonic(deadline_in(life));
        self
    }

    /// The time until which the token is used, by a monotonic clock.
    pub(crate) fn use_until(&self) -> Instant {
        let now = Instant::now();
        let life = match self.expiry {
            Expiry::Unknown => return now + UNKNOWN,
            Expiry::At(time) => time.duration_since(SystemTime::now()).unwrap_or_default(),
            Expiry::Monotonic(end) => end.saturating_duration_since(now),
        };
        // A token that is valid for a minute or less would never be used.
        let margin = MARGIN.min(life / 2);
        deadline_in((life - margin).max(SHORTEST_USE))
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::DATE;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_expiry_counts_from_the_date_of_the_response() {
        const DATES: [&str; 2] = [
            "Sun, 03 Mar 2024 09:00:00 GMT",
            "Sun, 03 Mar 2024 09:00:01 GMT",
        ];
        let expiry = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_460_000);
        // An hour less the margin; without one `Date`, the expiry is long past by our clock.
        for (dates, seconds) in [
            (&DATES[..1], 3540),
            (&DATES[..0], 10),
            (&DATES[..], 10),
            (&["soon"], 10),
        ] {
            let mut headers = HeaderMap::new();
            for date in dates {
                headers.append(DATE, date.parse().unwrap());
            }
            let token = Token::new("a").expires_at_by(expiry, &headers);
            let time = token.use_until() - Instant::now();
            assert_eq!(time, Duration::from_secs(seconds), "{dates:?}");
        }
    }
}
