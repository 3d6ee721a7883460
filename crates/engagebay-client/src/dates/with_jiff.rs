//! Conversions from and into the civil dates of `jiff`.

use jiff::civil;

use super::{Date, DateError};

/// A date of jiff with an optional time, truncated to seconds.
fn checked(day: civil::Date, time: Option<civil::Time>) -> Result<Date, DateError> {
    if day.year() < 1 {
        return Err(DateError::year());
    }
    let time = time.map(|time| civil::time(time.hour(), time.minute(), time.second(), 0));
    Ok(Date { day, time })
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<civil::Date> for Date {
    type Error = DateError;

    /// # Errors
    /// If the year is not 1 to 9999.
    fn try_from(day: civil::Date) -> Result<Self, DateError> {
        checked(day, None)
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl TryFrom<civil::DateTime> for Date {
    type Error = DateError;

    /// The date with its time, truncated to seconds.
    ///
    /// # Errors
    /// If the year is not 1 to 9999.
    fn try_from(time: civil::DateTime) -> Result<Self, DateError> {
        checked(time.date(), Some(time.time()))
    }
}

/// The date, without its time.
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl From<Date> for civil::Date {
    fn from(date: Date) -> Self {
        date.day
    }
}

/// A day without a time begins at midnight.
#[cfg_attr(docsrs, doc(cfg(feature = "jiff")))]
impl From<Date> for civil::DateTime {
    fn from(date: Date) -> Self {
        date.day.to_datetime(date.time.unwrap_or_default())
    }
}
