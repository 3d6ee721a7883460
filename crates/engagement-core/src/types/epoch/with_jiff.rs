//! Conversions from and into the types of `jiff`.

use jiff::{Timestamp, ZonedDateTime};

use super::{EpochMillis, EpochSeconds, TimeRangeError};

/// Rounds down.
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl From<Timestamp> for EpochSeconds {
    fn from(time: Timestamp) -> Self {
        // jiff rounds towards 1970.
        Self(time.as_second() - i64::from(time.subsec_nanosecond() < 0))
    }
}

/// Rounds down.
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl From<Timestamp> for EpochMillis {
    fn from(time: Timestamp) -> Self {
        // jiff rounds towards 1970.
        let partly = time.subsec_nanosecond() % 1_000_000 < 0;
        Self(time.as_millisecond() - i64::from(partly))
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<EpochSeconds> for Timestamp {
    type Error = TimeRangeError;

    /// # Errors
    /// If jiff can't express the time: it is not in the years -9999 to 9999.
    fn try_from(time: EpochSeconds) -> Result<Self, TimeRangeError> {
        Self::from_second(time.0).map_err(|_| TimeRangeError(()))
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<EpochMillis> for Timestamp {
    type Error = TimeRangeError;

    /// # Errors
    /// If jiff can't express the time: it is not in the years -9999 to 9999.
    fn try_from(time: EpochMillis) -> Result<Self, TimeRangeError> {
        Self::from_millisecond(time.0).map_err(|_| TimeRangeError(()))
    }
}

macro_rules! from_zoned {
    ($name:ident) => {
        /// Rounds down. The time zone is not kept.
        #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
        impl From<&ZonedDateTime> for $name {
            fn from(time: &ZonedDateTime) -> Self {
                time.timestamp().into()
            }
        }

        /// Rounds down. The time zone is not kept.
        #[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
        impl From<ZonedDateTime> for $name {
            fn from(time: ZonedDateTime) -> Self {
                time.timestamp().into()
            }
        }
    };
}

from_zoned!(EpochSeconds);
from_zoned!(EpochMillis);
