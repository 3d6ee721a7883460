//! The current time, as accounts write it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::{self, DateTime};

const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);

/// Time since 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// Whole seconds since 1970.
pub(crate) fn now_seconds() -> i64 {
    i64::try_from(now().as_secs()).unwrap_or(i64::MAX)
}

/// Now, as `2024-03-01T09:15:00.000` without a zone.
pub(crate) fn now_iso() -> String {
    iso(now())
}

fn iso(since_epoch: Duration) -> String {
    format!("{:.3}", EPOCH.saturating_add(since_epoch))
}

/// Seconds since 1970 of a time in UTC.
pub(crate) fn unix_seconds(time: DateTime) -> i64 {
    time.duration_since(EPOCH).as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_iso_8601() {
        assert_eq!(iso(Duration::from_millis(0)), "1970-01-01T00:00:00.000");
        assert_eq!(
            iso(Duration::from_millis(951_827_696_789)),
            "2000-02-29T12:34:56.789"
        );
        assert_eq!(
            iso(Duration::from_secs(1_709_284_500)),
            "2024-03-01T09:15:00.000"
        );
    }
}
