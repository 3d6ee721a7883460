//! Conversions from and into the types of `chrono`.

use chrono::{DateTime, FixedOffset, Offset as _, TimeZone, Utc};

use super::{Timestamp, TimestampError};
use crate::EpochSeconds;

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for Timestamp {
    type Error = TimestampError;

    /// With the offset that the time zone has then; seconds of the offset are cut off, the instant stays. Rounds down to
    /// whole seconds.
    ///
    /// # Errors
    /// If the clock there shows another year than 1 to 9999.
    fn try_from(time: DateTime<Tz>) -> Result<Self, TimestampError> {
        let minutes = time.offset().fix().local_minus_utc() / 60;
        Self::at(
            EpochSeconds::from(time).get(),
            // An offset is less than a day.
            i16::try_from(minutes).unwrap_or_default(),
        )
    }
}

/// In whole seconds.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<&Timestamp> for DateTime<Utc> {
    fn from(time: &Timestamp) -> Self {
        // The years 0 to 10000 are a small part of what chrono can express.
        Self::from_timestamp(time.seconds, 0).unwrap_or_default()
    }
}

/// In whole seconds.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        (&time).into()
    }
}

/// In whole seconds, at this offset.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<&Timestamp> for DateTime<FixedOffset> {
    fn from(time: &Timestamp) -> Self {
        let offset = FixedOffset::east_opt(i32::from(time.offset_minutes) * 60);
        // Less than a day, which is an offset to chrono.
        let offset = offset.unwrap_or_else(|| Utc.fix());
        DateTime::<Utc>::from(time).with_timezone(&offset)
    }
}

/// In whole seconds, at this offset.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<Timestamp> for DateTime<FixedOffset> {
    fn from(time: Timestamp) -> Self {
        (&time).into()
    }
}
