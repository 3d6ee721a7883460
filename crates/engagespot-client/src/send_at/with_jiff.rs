//! Conversions from and into the types of `jiff`.

use jiff::{Timestamp, ZonedDateTime};

use super::{SendAt, SendAtError};
use crate::TimeRangeError;

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<Timestamp> for SendAt {
    type Error = SendAtError;

    /// Truncates to milliseconds.
    ///
    /// # Errors
    /// If the time is before 1970.
    fn try_from(time: Timestamp) -> Result<Self, SendAtError> {
        Self::at(time.into())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<&ZonedDateTime> for SendAt {
    type Error = SendAtError;

    /// Truncates to milliseconds. The time zone is not kept.
    ///
    /// # Errors
    /// If the time is before 1970.
    fn try_from(time: &ZonedDateTime) -> Result<Self, SendAtError> {
        Self::at(time.into())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<ZonedDateTime> for SendAt {
    type Error = SendAtError;

    /// Truncates to milliseconds. The time zone is not kept.
    ///
    /// # Errors
    /// If the time is before 1970.
    fn try_from(time: ZonedDateTime) -> Result<Self, SendAtError> {
        Self::at(time.into())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<SendAt> for Timestamp {
    type Error = TimeRangeError;

    /// # Errors
    /// If it is after jiff's last, in the last 26 hours of the year 9999.
    fn try_from(at: SendAt) -> Result<Self, TimeRangeError> {
        at.time.try_into()
    }
}
