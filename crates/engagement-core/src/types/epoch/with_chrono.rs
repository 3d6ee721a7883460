//! Conversions from and into the types of `chrono`.

use chrono::{DateTime, TimeZone, Utc};

use super::{EpochMillis, EpochSeconds, TimeRangeError};

/// Rounds down. The time zone is not kept.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl<Tz: TimeZone> From<DateTime<Tz>> for EpochSeconds {
    fn from(time: DateTime<Tz>) -> Self {
        Self(time.timestamp())
    }
}

/// Rounds down. The time zone is not kept.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl<Tz: TimeZone> From<DateTime<Tz>> for EpochMillis {
    fn from(time: DateTime<Tz>) -> Self {
        Self(time.timestamp_millis())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<EpochSeconds> for DateTime<Utc> {
    type Error = TimeRangeError;

    /// # Errors
    /// If chrono can't express the time: it is more than 260,000 years away.
    fn try_from(time: EpochSeconds) -> Result<Self, TimeRangeError> {
        Self::from_timestamp(time.0, 0).ok_or(TimeRangeError(()))
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<EpochMillis> for DateTime<Utc> {
    type Error = TimeRangeError;

    /// # Errors
    /// If chrono can't express the time: it is more than 260,000 years away.
    fn try_from(time: EpochMillis) -> Result<Self, TimeRangeError> {
        Self::from_timestamp_millis(time.0).ok_or(TimeRangeError(()))
    }
}
