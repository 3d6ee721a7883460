//! Conversions from and into the types of `chrono`.

use chrono::{DateTime, TimeZone, Utc};

use super::{SendAt, SendAtError};

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for SendAt {
    type Error = SendAtError;

    /// Truncates to milliseconds. The time zone is not kept.
    ///
    /// # Errors
    /// If the time is before 1970 or after the year 9999.
    fn try_from(time: DateTime<Tz>) -> Result<Self, SendAtError> {
        Self::at(time.into())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<SendAt> for DateTime<Utc> {
    fn from(at: SendAt) -> Self {
        // The years up to 9999 are a small part of what chrono can express.
        Self::from_timestamp_millis(at.time.get()).unwrap_or_default()
    }
}
