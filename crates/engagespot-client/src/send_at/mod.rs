//! When a notification is sent.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A time for `send_at`, written as Engagespot wants it: ISO 8601 in UTC with milliseconds.
///
/// `send_at` takes text in that form too.
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
    /// It ends before the year 10000.
    since_1970: Duration,
}

impl SendAt {
    /// At a time. What is less than a millisecond is cut off. Engagespot wants a time in the future; its clock decides.
    ///
    /// # Errors
    /// If the time lies before 1970 or after the year 9999.
    pub fn time(time: SystemTime) -> Result<Self, SendAtError> {
        /// The first second of the year 10000.
        const END: u64 = 253_402_300_800;
        let since_1970 = time.duration_since(UNIX_EPOCH).ok();
        since_1970
            .filter(|since_1970| since_1970.as_secs() < END)
            .map(|since_1970| Self { since_1970 })
            .ok_or(SendAtError(()))
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

/// Why a time can't be written: it lies before 1970 or after the year 9999.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendAtError(());

impl fmt::Display for SendAtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time lies before 1970 or after the year 9999")
    }
}

impl std::error::Error for SendAtError {}

impl From<SendAt> for String {
    fn from(at: SendAt) -> Self {
        const DAY: u64 = 86_400;
        let seconds = at.since_1970.as_secs();
        let (year, month, day) = date(seconds / DAY);
        let (hour, minute, second) = (seconds % DAY / 3600, seconds % 3600 / 60, seconds % 60);
        let millis = at.since_1970.subsec_millis();
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// Year, month and day of a number of days since 1970.
fn date(days: u64) -> (u64, u64, u64) {
    /// Days in 400 years, after which the calendar repeats.
    const ERA: u64 = 146_097;
    // Years are counted from the 1st of March of the year 0, so that leap days come last.
    let days = days + 719_468;
    let of_era = days % ERA;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = days / ERA * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
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
    fn what_is_less_than_a_millisecond_is_cut_off() {
        let time = UNIX_EPOCH + Duration::from_nanos(1_999_999);
        assert_eq!(
            String::from(SendAt::time(time).unwrap()),
            "1970-01-01T00:00:00.001Z"
        );
    }

    #[test]
    fn times_out_of_range_are_told() {
        let before = UNIX_EPOCH - Duration::from_millis(1);
        for at in [
            SendAt::time(before),
            SendAt::time(UNIX_EPOCH + Duration::from_millis(253_402_300_800_000)),
            SendAt::after(Duration::MAX),
        ] {
            assert_eq!(
                at.unwrap_err().to_string(),
                "the time lies before 1970 or after the year 9999"
            );
        }
    }

    #[test]
    fn a_delay_counts_from_now() {
        let earliest = SystemTime::now();
        let at = SendAt::after(Duration::from_secs(60)).unwrap();
        let delay = at.since_1970 - earliest.duration_since(UNIX_EPOCH).unwrap();
        assert!(delay >= Duration::from_secs(60), "{delay:?}");
    }
}
