//! Conversions from and into the naive dates of `chrono`.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::{Date, DateError};

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<NaiveDate> for Date {
    type Error = DateError;

    /// # Errors
    /// If the year is not 1 to 9999.
    fn try_from(day: NaiveDate) -> Result<Self, DateError> {
        let year = u16::try_from(day.year()).map_err(|_| DateError::year())?;
        // Months and days have two digits at most.
        let [month, day] = [day.month(), day.day()].map(|part| u8::try_from(part).unwrap_or(0));
        Self::new(year, month, day).map_err(|_| DateError::year())
    }
}

#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl TryFrom<NaiveDateTime> for Date {
    type Error = DateError;

    /// The date with its time, truncated to seconds. A leap second becomes the second before it.
    ///
    /// # Errors
    /// If the year is not 1 to 9999.
    fn try_from(time: NaiveDateTime) -> Result<Self, DateError> {
        let [hour, minute, second] = [time.hour(), time.minute(), time.second()]
            // Less than 60, all of them.
            .map(|part| u8::try_from(part).unwrap_or(0));
        Self::try_from(time.date())?.at(hour, minute, second)
    }
}

/// The date, without its time.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<Date> for NaiveDate {
    fn from(date: Date) -> Self {
        let (year, month, day) = (date.year().into(), date.month().into(), date.day().into());
        // Both know the same calendar, and chrono more years of it.
        Self::from_ymd_opt(year, month, day).unwrap_or_default()
    }
}

/// A day without a time begins at midnight.
#[cfg_attr(docsrs, doc(cfg(feature = "chrono")))]
impl From<Date> for NaiveDateTime {
    fn from(date: Date) -> Self {
        let (hour, minute, second) = date.time().unwrap_or_default();
        let time = NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into());
        Self::new(date.into(), time.unwrap_or_default())
    }
}
