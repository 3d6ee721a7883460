//! Conversions from and into the types of `jiff`.

use jiff::ZonedDateTime;
use jiff::tz::{Offset, TimeZone};

use super::{Timestamp, TimestampError};
use crate::{EpochSeconds, TimeRangeError};

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<jiff::Timestamp> for Timestamp {
    type Error = TimestampError;

    /// In UTC. Rounds down to whole seconds.
    ///
    /// # Errors
    /// If it is before the year 1.
    fn try_from(time: jiff::Timestamp) -> Result<Self, TimestampError> {
        Self::from_unix_seconds(EpochSeconds::from(time).get())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<&ZonedDateTime> for Timestamp {
    type Error = TimestampError;

    /// With the offset that the time zone has then; seconds of the offset are cut off, the instant stays. Rounds down to
    /// whole seconds.
    ///
    /// # Errors
    /// If the clock there is a whole day or more from UTC, or shows another year than 1 to 9999.
    fn try_from(time: &ZonedDateTime) -> Result<Self, TimestampError> {
        let minutes = time.offset().seconds() / 60;
        Self::at(
            EpochSeconds::from(time).get(),
            // An offset has some 26 hours at most.
            i16::try_from(minutes).unwrap_or_default(),
        )
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<ZonedDateTime> for Timestamp {
    type Error = TimestampError;

    /// As from `&ZonedDateTime`.
    ///
    /// # Errors
    /// As from `&ZonedDateTime`.
    fn try_from(time: ZonedDateTime) -> Result<Self, TimestampError> {
        Self::try_from(&time)
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<&Timestamp> for jiff::Timestamp {
    type Error = TimeRangeError;

    /// In whole seconds.
    ///
    /// # Errors
    /// If it is after jiff's last, in the last 26 hours of the year 9999.
    fn try_from(time: &Timestamp) -> Result<Self, TimeRangeError> {
        EpochSeconds::from(time).try_into()
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<Timestamp> for jiff::Timestamp {
    type Error = TimeRangeError;

    /// In whole seconds.
    ///
    /// # Errors
    /// If it is after jiff's last, in the last 26 hours of the year 9999.
    fn try_from(time: Timestamp) -> Result<Self, TimeRangeError> {
        Self::try_from(&time)
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<&Timestamp> for ZonedDateTime {
    type Error = TimeRangeError;

    /// In whole seconds, in a time zone that always has this offset.
    ///
    /// # Errors
    /// If it is after jiff's last, in the last 26 hours of the year 9999.
    fn try_from(time: &Timestamp) -> Result<Self, TimeRangeError> {
        let offset = Offset::from_seconds(i32::from(time.offset_minutes) * 60);
        // Less than a day, which is an offset to jiff.
        let offset = offset.unwrap_or(Offset::UTC);
        Ok(Self::new(time.try_into()?, TimeZone::fixed(offset)))
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<Timestamp> for ZonedDateTime {
    type Error = TimeRangeError;

    /// In whole seconds, in a time zone that always has this offset.
    ///
    /// # Errors
    /// If it is after jiff's last, in the last 26 hours of the year 9999.
    fn try_from(time: Timestamp) -> Result<Self, TimeRangeError> {
        Self::try_from(&time)
    }
}
