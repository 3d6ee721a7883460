use std::fmt;

/// A point in time lies outside the range of the type it was converted into, such as `jiff::Timestamp`, which ends with the
/// year 9999.
///
/// A provider's number is kept whatever it is, so this is found at the conversion. [`EpochSeconds::get`] and
/// [`EpochMillis::get`] give the number.
///
/// [`EpochSeconds::get`]: crate::EpochSeconds::get
/// [`EpochMillis::get`]: crate::EpochMillis::get
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(docsrs, doc(cfg(any(feature = "jiff", feature = "chrono"))))]
pub struct TimeRangeError(pub(super) ());

impl fmt::Display for TimeRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time lies outside the range of the type it was converted into")
    }
}

impl std::error::Error for TimeRangeError {}
