//! Scheduled notifications.

#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;

use std::fmt;
use std::time::{Duration, SystemTime};

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};

use crate::EpochMillis;

const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);

/// A time for `send_at` in the format of Engagespot: ISO 8601 in UTC with milliseconds.
///
/// `send_at` also accepts text in that format.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
///
/// use engagespot_client::SendAt;
/// use engagespot_client::types::SendNotification;
///
/// let in_an_hour = SendNotification::new("Your table is ready in an hour")
///     .send_to("ada")
///     .send_at(SendAt::after(Duration::from_secs(3600))?);
///
/// let at = SendAt::time(UNIX_EPOCH + Duration::from_millis(1_740_820_500_250))?;
/// assert_eq!(String::from(at), "2025-03-01T09:15:00.250Z");
/// # let _ = in_an_hour;
/// # Ok::<(), engagespot_client::SendAtError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendAt {
    /// From 1970 to the end of the year 9999.
    time: EpochMillis,
}

impl SendAt {
    /// At a time, truncated to milliseconds. It must be in the future by the clock of Engagespot.
    ///
    /// # Errors
    /// If the time is before 1970 or after the year 9999.
    pub fn time(time: SystemTime) -> Result<Self, SendAtError> {
        Self::at(time.into())
    }

    fn at(time: EpochMillis) -> Result<Self, SendAtError> {
        let after = SignedDuration::from_millis(time.get());
        match EPOCH.checked_add(after) {
            Ok(_) if !after.is_negative() => Ok(Self { time }),
            _ => Err(SendAtError(())),
        }
    }

    /// This long from now, by the clock of this machine.
    ///
    /// # Errors
    /// As [`time`](Self::time).
    pub fn after(delay: Duration) -> Result<Self, SendAtError> {
        let time = SystemTime::now().checked_add(delay);
        time.ok_or(SendAtError(())).and_then(Self::time)
    }
}

/// The time is before 1970 or after the year 9999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendAtError(());

impl fmt::Display for SendAtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is before 1970 or after the year 9999")
    }
}

impl std::error::Error for SendAtError {}

impl From<SendAt> for String {
    fn from(at: SendAt) -> Self {
        // The time is in range by construction.
        let time = EPOCH.saturating_add(SignedDuration::from_millis(at.time.get()));
        format!("{time:.3}Z")
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn at(millis: u64) -> Result<String, SendAtError> {
        SendAt::time(UNIX_EPOCH + Duration::from_millis(millis)).map(String::from)
    }

    #[test]
    fn times_are_written_in_utc_with_milliseconds() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_706_438_238_302, "2024-01-28T10:37:18.302Z"),
            (1_740_820_500_000, "2025-03-01T09:15:00.000Z"),
            (1_798_761_599_001, "2026-12-31T23:59:59.001Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(at(millis).as_deref(), Ok(text));
        }
    }

    #[test]
    fn times_are_truncated_to_milliseconds() {
        let time = UNIX_EPOCH + Duration::from_nanos(1_999_999);
        assert_eq!(
            String::from(SendAt::time(time).unwrap()),
            "1970-01-01T00:00:00.001Z"
        );
    }

    #[test]
    fn times_out_of_range_are_rejected() {
        let before = UNIX_EPOCH - Duration::from_millis(1);
        for at in [
            SendAt::time(before),
            SendAt::time(UNIX_EPOCH + Duration::from_millis(253_402_300_800_000)),
            SendAt::after(Duration::MAX),
        ] {
            assert_eq!(
                at.unwrap_err().to_string(),
                "the time is before 1970 or after the year 9999"
            );
        }
    }

    #[test]
    fn a_delay_counts_from_now() {
        let earliest = SystemTime::now();
        let at = SendAt::after(Duration::from_secs(60)).unwrap();
        let delay = at.time.get() - EpochMillis::from(earliest).get();
        assert!(delay >= 60_000, "{delay}");
    }
}
