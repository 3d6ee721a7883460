//! Timestamps in the format of WebEngage.

#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::time::SystemTime;

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};

use crate::{EpochSeconds, Scalar};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);
/// The first and the last supported second.
const FIRST: DateTime = civil::date(1, 1, 1).at(0, 0, 0, 0);
const LAST: DateTime = civil::date(9999, 12, 31).at(23, 59, 59, 0);

/// A point in time with a UTC offset.
///
/// WebEngage writes `2026-05-04T09:30:00+0530`: without a colon in the offset, and sometimes without seconds. Libraries for
/// RFC 3339 reject both. This type parses both, as well as `Z`, an offset with a colon, and fractions of a second, which it
/// drops. It always writes seconds, and no colon; [`as_str`](Self::as_str) returns the text that was parsed.
///
/// All setters for timestamps accept it. Two timestamps are equal if they are the same instant, whatever their offsets.
///
/// ```
/// use webengage_client::{Timestamp, types::EventTrack};
///
/// let time: Timestamp = "2013-01-26T07:31+0000".parse()?;
/// assert_eq!(time.to_string(), "2013-01-26T07:31:00+0000");
/// assert_eq!(time.as_str(), "2013-01-26T07:31+0000");
/// assert_eq!(time.unix_seconds(), 1_359_185_460);
/// assert_eq!(time.with_offset(330)?.to_string(), "2013-01-26T13:01:00+0530");
///
/// let event = EventTrack::new("Signed up").user_id("u13").event_time(Timestamp::now());
/// # Ok::<(), webengage_client::TimestampError>(())
/// ```
///
/// Text without an offset also occurs in events, and nothing documents which zone it is in. Responses and webhooks with it are
/// read, since their fields keep the text; this type does not parse it. If you know the zone, add its offset:
///
/// ```
/// use webengage_client::{Scalar, Timestamp};
///
/// let event_time = Scalar::from("2026-05-04T09:30:00");
/// assert!(Timestamp::try_from(&event_time).is_err());
///
/// let text = event_time.as_str().unwrap_or_default();
/// let time: Timestamp = format!("{text}+0530").parse()?; // the sender uses Indian time
/// assert_eq!(time.unix_seconds(), 1_777_867_200);
/// # Ok::<(), webengage_client::TimestampError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Timestamp {
    text: String,
    seconds: i64,
    offset_minutes: i16,
}

/// A value is not a valid timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampError(String);

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TimestampError {}

impl Timestamp {
    /// The current time in UTC, by the clock of this machine.
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// A Unix timestamp in seconds, in UTC.
    ///
    /// # Errors
    /// If it is not in the years 1 to 9999.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, TimestampError> {
        Self::at(seconds, 0)
    }

    /// The same instant with another offset from UTC in minutes; negative offsets are behind UTC.
    ///
    /// # Errors
    /// If the offset is a day or more, or the year at that offset is not 1 to 9999.
    pub fn with_offset(&self, minutes: i16) -> Result<Self, TimestampError> {
        Self::at(self.seconds, minutes)
    }

    fn at(seconds: i64, offset_minutes: i16) -> Result<Self, TimestampError> {
        let offset = i64::from(offset_minutes) * MINUTE;
        let local = seconds.checked_add(offset).and_then(date_time);
        match local.filter(|_| offset.abs() < DAY) {
            Some(local) => Ok(Self {
                text: written(local, offset_minutes),
                seconds,
                offset_minutes,
            }),
            None => Err(TimestampError(format!(
                "{seconds} seconds after 1970, {offset_minutes} minutes from UTC, cannot be represented"
            ))),
        }
    }

    /// The text that was parsed; otherwise the formatted text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Unix timestamp in whole seconds; negative before 1970.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        self.seconds
    }

    /// Offset from UTC in minutes; negative if behind UTC.
    #[must_use]
    pub fn offset_minutes(&self) -> i16 {
        self.offset_minutes
    }

    /// The timestamp as `SystemTime`; `None` if this machine cannot represent it.
    #[must_use]
    pub fn as_system_time(&self) -> Option<SystemTime> {
        EpochSeconds(self.seconds).as_system_time()
    }
}

/// What a clock shows so many of its seconds after the start of 1970; `None` outside the years 1 to 9999.
fn date_time(seconds: i64) -> Option<DateTime> {
    let time = EPOCH.checked_add(SignedDuration::from_secs(seconds)).ok()?;
    (time >= FIRST).then_some(time)
}

/// How many seconds after the start of 1970 a clock shows a time.
fn seconds_at(time: DateTime) -> i64 {
    time.duration_since(EPOCH).as_secs()
}

/// As `yyyy-MM-ddTHH:mm:ss±hhmm`.
fn written(local: DateTime, offset_minutes: i16) -> String {
    let sign = if offset_minutes < 0 { '-' } else { '+' };
    let offset = offset_minutes.unsigned_abs();
    let (hours, minutes) = (offset / 60, offset % 60);
    format!("{local}{sign}{hours:02}{minutes:02}")
}

/// The rest of a text to parse.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// A number with this many digits, at most four.
    fn number(&mut self, digits: usize) -> Option<i16> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        if !number.iter().all(u8::is_ascii_digit) {
            return None;
        }
        self.0 = rest;
        let value = number.iter().map(|digit| i16::from(digit - b'0'));
        Some(value.fold(0, |value, digit| value * 10 + digit))
    }

    fn two_digits(&mut self) -> Option<i8> {
        self.number(2)?.try_into().ok()
    }

    /// One of some characters.
    fn one_of(&mut self, characters: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        if !characters.contains(first) {
            return None;
        }
        self.0 = rest;
        Some(*first)
    }

    /// Minutes from UTC.
    fn offset(&mut self) -> Option<i16> {
        let sign = match self.one_of(b"+-Zz")? {
            b'+' => 1,
            b'-' => -1,
            _ => return Some(0),
        };
        let hours = self.number(2)?;
        self.one_of(b":");
        let minutes = self.number(2).filter(|minutes| *minutes < 60)?;
        (hours < 24).then_some(sign * (hours * 60 + minutes))
    }
}

/// Why a text is invalid.
enum Unread {
    Form,
    Day,
    Time,
    NoOffset,
}

/// Parses a text to seconds since 1970 and the offset in minutes.
fn read(text: &str) -> Result<(i64, i16), Unread> {
    let mut rest = Rest(text.as_bytes());
    let mut parts = || {
        let year = rest.number(4)?;
        rest.one_of(b"-")?;
        let month = rest.two_digits()?;
        rest.one_of(b"-")?;
        let day = rest.two_digits()?;
        rest.one_of(b"Tt")?;
        let hour = rest.two_digits()?;
        rest.one_of(b":")?;
        let minute = rest.two_digits()?;
        let mut second = 0;
        if rest.one_of(b":").is_some() {
            second = rest.two_digits()?;
            if rest.one_of(b".,").is_some() {
                rest.number(1)?;
                while rest.number(1).is_some() {}
            }
        }
        let has_offset = !rest.0.is_empty();
        let offset = if has_offset {
            Some(rest.offset()?)
        } else {
            None
        };
        let date = (year, month, day);
        rest.0
            .is_empty()
            .then_some((date, (hour, minute, second), offset))
    };
    let ((year, month, day), (hour, minute, second), offset) = parts().ok_or(Unread::Form)?;
    let date = civil::Date::new(year, month, day)
        .ok()
        .filter(|date| *date >= FIRST.date())
        .ok_or(Unread::Day)?;
    let time = civil::Time::new(hour, minute, second, 0).map_err(|_| Unread::Time)?;
    let local = date.to_datetime(time);
    let offset = offset.ok_or(Unread::NoOffset)?;
    Ok((seconds_at(local) - i64::from(offset) * MINUTE, offset))
}

/// Parses `2026-05-04T09:30:00+0530`. Seconds may be missing or have a fraction; the offset may have a colon or be `Z`. The
/// offset is required: without it the instant is unknown.
impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let text = text.trim();
        let reason = match read(text) {
            Ok((seconds, offset_minutes)) => {
                return Ok(Self {
                    text: text.to_owned(),
                    seconds,
                    offset_minutes,
                });
            }
            Err(Unread::Form) => "does not look like `2026-05-04T09:30:00+0530`",
            Err(Unread::Day) => "has a day that does not exist",
            Err(Unread::Time) => "has a time that does not exist",
            Err(Unread::NoOffset) => {
                "has no offset from UTC; add the one of its zone, such as `+0530`"
            }
        };
        Err(TimestampError(format!("the text {reason}")))
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: &str) -> Result<Self, TimestampError> {
        text.parse()
    }
}

/// Writes `yyyy-MM-ddTHH:mm:ss±hhmm`, whatever text was parsed.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local =
            SignedDuration::from_secs(self.seconds + i64::from(self.offset_minutes) * MINUTE);
        // The time is in range by construction.
        f.pad(&written(EPOCH.saturating_add(local), self.offset_minutes))
    }
}

/// In UTC, truncated to seconds. A time before the year 1 or after 9999 becomes the first or last supported second.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = SignedDuration::from_secs(EpochSeconds::from(time).get());
        let time = EPOCH.saturating_add(seconds).clamp(FIRST, LAST);
        Self {
            text: written(time, 0),
            seconds: seconds_at(time),
            offset_minutes: 0,
        }
    }
}

/// As formatted.
impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

/// As formatted.
impl From<&Timestamp> for String {
    fn from(time: &Timestamp) -> Self {
        time.to_string()
    }
}

/// As formatted, for the time of an event.
impl From<Timestamp> for Scalar {
    fn from(time: Timestamp) -> Self {
        Self::from(String::from(time))
    }
}

/// As formatted, for the time of an event.
impl From<&Timestamp> for Scalar {
    fn from(time: &Timestamp) -> Self {
        Self::from(String::from(time))
    }
}

/// The time of an event in a webhook: text with an offset, or epoch seconds as a number.
impl TryFrom<&Scalar> for Timestamp {
    type Error = TimestampError;

    fn try_from(time: &Scalar) -> Result<Self, TimestampError> {
        match (time.as_i64(), time.as_str()) {
            (_, Some(text)) => text.parse(),
            (Some(seconds), None) => Self::from_unix_seconds(seconds),
            (None, None) => Err(TimestampError(
                "the value is neither text nor a whole number of seconds".to_owned(),
            )),
        }
    }
}

/// As formatted, for attributes of users and events.
impl From<Timestamp> for serde_json::Value {
    fn from(time: Timestamp) -> Self {
        Self::String(time.into())
    }
}

/// For reports of private e-mail providers.
impl From<&Timestamp> for EpochSeconds {
    fn from(time: &Timestamp) -> Self {
        Self(time.seconds)
    }
}

/// For reports of private e-mail providers.
impl From<Timestamp> for EpochSeconds {
    fn from(time: Timestamp) -> Self {
        Self(time.seconds)
    }
}

impl PartialEq for Timestamp {
    fn eq(&self, other: &Self) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Timestamp {}

impl Hash for Timestamp {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.seconds.hash(state);
    }
}

impl PartialOrd for Timestamp {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    fn cmp(&self, other: &Self) -> Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_formats_of_webengage_are_parsed() {
        for (text, seconds, offset, printed) in [
            (
                "2013-01-26T07:31+0000",
                1_359_185_460,
                0,
                "2013-01-26T07:31:00+0000",
            ),
            (
                "2018-09-05T10:34:33+0530",
                1_536_123_873,
                330,
                "2018-09-05T10:34:33+0530",
            ),
            (
                "2026-05-04T09:30:00+0530",
                1_777_867_200,
                330,
                "2026-05-04T09:30:00+0530",
            ),
            (
                "1969-12-31T19:00:00-0500",
                0,
                -300,
                "1969-12-31T19:00:00-0500",
            ),
            (
                "1985-03-14T00:00:00+0000",
                479_606_400,
                0,
                "1985-03-14T00:00:00+0000",
            ),
            (
                "2024-02-29T23:59:59Z",
                1_709_251_199,
                0,
                "2024-02-29T23:59:59+0000",
            ),
            (
                "2024-02-29T23:59z",
                1_709_251_140,
                0,
                "2024-02-29T23:59:00+0000",
            ),
            (
                "2026-05-04T09:30:00+05:30",
                1_777_867_200,
                330,
                "2026-05-04T09:30:00+0530",
            ),
            (
                "2026-05-04T09:30-00:45",
                1_777_889_700,
                -45,
                "2026-05-04T09:30:00-0045",
            ),
            (
                "2026-05-04t09:30:00.123456789+0530",
                1_777_867_200,
                330,
                "2026-05-04T09:30:00+0530",
            ),
        ] {
            let time = parsed(text);
            assert_eq!(
                (time.unix_seconds(), time.offset_minutes()),
                (seconds, offset),
                "{text}"
            );
            assert_eq!(time.to_string(), printed);
            assert_eq!(String::from(&time), printed);
            assert_eq!(time.as_str(), text);
            assert_eq!(parsed(printed), time);
        }
        assert_eq!(
            parsed(" 2013-01-26T07:31+0000\n").as_str(),
            "2013-01-26T07:31+0000"
        );
    }

    #[test]
    fn other_formats_are_rejected() {
        for text in [
            "",
            "2026-05-04",
            "2026-05-04 09:30:00+0000",
            "2026-05-04T9:30:00+0000",
            "26-05-04T09:30:00+0000",
            "2026-5-04T09:30:00+0000",
            "2026-05-04T09:30:00+05",
            "2026-05-04T09:30:00+530",
            "2026-05-04T09:30:00+0530x",
            "2026-05-04T09:30:00 +0530",
            "1777887000",
            "2026-05-04T09:30:00.+0530",
            "2026-05-04T09:30:00+2400",
            "2026-05-04T09:30:00+0060",
            "-2026-05-04T09:30:00Z",
            "2026-05-04T09:30:00+05:3",
            "٢٠٢٦-05-04T09:30:00Z",
            "2026-05-04T09:30:00é",
            "12026-05-04T09:30:00Z",
        ] {
            let message = text.parse::<Timestamp>().unwrap_err().to_string();
            assert_eq!(
                message,
                "the text does not look like `2026-05-04T09:30:00+0530`"
            );
        }
    }

    /// Nothing documents the zone of such a text, so none is assumed.
    #[test]
    fn text_without_an_offset_is_rejected_and_kept_by_its_field() {
        for text in [
            "2026-05-04T09:30:00",
            "2026-05-04T09:30",
            "2026-05-04T09:30:00.000",
        ] {
            let time = Scalar::from(text);
            let message = Timestamp::try_from(&time).unwrap_err().to_string();
            assert_eq!(
                message,
                "the text has no offset from UTC; add the one of its zone, such as `+0530`"
            );
            let known = format!("{}+0530", time.as_str().unwrap());
            assert_eq!(parsed(&known).unix_seconds(), 1_777_867_200);
        }
    }

    #[test]
    fn days_and_times_that_do_not_exist_are_rejected() {
        for day in [
            "2026-02-30",
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "0000-01-01",
        ] {
            for time in ["00:00:00", "24:60:60"] {
                let text = format!("{day}T{time}+0000");
                let message = text.parse::<Timestamp>().unwrap_err().to_string();
                assert_eq!(message, "the text has a day that does not exist");
            }
        }
        for time in ["24:00:00", "23:60:00", "23:59:60"] {
            let text = format!("2026-01-01T{time}+0000");
            let message = text.parse::<Timestamp>().unwrap_err().to_string();
            assert_eq!(message, "the text has a time that does not exist");
        }
    }

    #[test]
    fn the_first_and_last_second_are_supported() {
        const FIRST: i64 = -62_135_596_800;
        const LAST: i64 = 253_402_300_799;
        assert_eq!(
            Timestamp::from_unix_seconds(FIRST).unwrap().to_string(),
            "0001-01-01T00:00:00+0000"
        );
        let last = Timestamp::from_unix_seconds(LAST).unwrap();
        assert_eq!(last.to_string(), "9999-12-31T23:59:59+0000");
        assert_eq!(
            last.with_offset(-1439).unwrap().to_string(),
            "9999-12-31T00:00:59-2359"
        );
        for refused in [
            Timestamp::from_unix_seconds(FIRST - 1),
            Timestamp::from_unix_seconds(LAST + 1),
            Timestamp::from_unix_seconds(i64::MAX),
            Timestamp::from_unix_seconds(i64::MIN),
            last.with_offset(1),
            parsed("2026-01-01T00:00:00Z").with_offset(1440),
            parsed("2026-01-01T00:00:00Z").with_offset(i16::MIN),
        ] {
            assert!(refused.is_err(), "{refused:?}");
        }
        let far = SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_secs(1 << 40))
            .unwrap();
        assert_eq!(Timestamp::from(far).to_string(), "9999-12-31T23:59:59+0000");
    }

    #[test]
    fn offsets_are_parsed() {
        let before = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        let now = Timestamp::now();
        assert!(now.unix_seconds().unsigned_abs() - before.as_secs() < 60);
        let half_before = SystemTime::UNIX_EPOCH - Duration::from_millis(500);
        assert_eq!(
            Timestamp::from(half_before).to_string(),
            "1969-12-31T23:59:59+0000"
        );
        let time = parsed("2018-09-05T10:34:33+0530");
        assert_eq!(Timestamp::from(time.as_system_time().unwrap()), time);
        assert_eq!(EpochSeconds::from(&time).get(), 1_536_123_873);
        assert_eq!(serde_json::Value::from(time), "2018-09-05T10:34:33+0530");
    }

    #[test]
    fn equality_compares_instants() {
        let (india, utc) = (
            parsed("2026-05-04T05:30:00+0530"),
            parsed("2026-05-04T00:00Z"),
        );
        assert_eq!(india, utc);
        assert!(parsed("2026-05-04T00:00:01Z") > india);
    }

    proptest! {
        #[test]
        fn written_values_parse_back(seconds in seconds_at(FIRST) + DAY..=seconds_at(LAST) - DAY, offset in -1439i16..=1439) {
            let time = Timestamp::from_unix_seconds(seconds).unwrap().with_offset(offset).unwrap();
            let again = parsed(&time.to_string());
            prop_assert_eq!(again.unix_seconds(), seconds);
            prop_assert_eq!(again.offset_minutes(), offset);
            prop_assert_eq!(again.to_string(), time.to_string());
            prop_assert_eq!(time.as_str(), time.to_string());
        }

        #[test]
        fn all_formats_of_a_time_are_the_same_instant(seconds in 0i64..4_000_000_000, offset in -839i16..=839) {
            let seconds = seconds / 60 * 60;
            let time = Timestamp::from_unix_seconds(seconds).unwrap().with_offset(offset).unwrap();
            let text = time.to_string();
            let (local, offset) = text.split_at(19);
            let (hours, minutes) = offset.split_at(3);
            let minute = &local[..16];
            for form in [
                format!("{minute}{offset}"),
                format!("{minute}{hours}:{minutes}"),
                format!("{local}{hours}:{minutes}"),
                format!("{local}.999{offset}"),
            ] {
                let time = parsed(&form);
                prop_assert_eq!(time.unix_seconds(), seconds);
                prop_assert_eq!(time.as_str(), form);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,32}|[0-9TZ:+.-]{0,32}") {
            if let Ok(time) = text.parse::<Timestamp>() {
                prop_assert_eq!(parsed(&time.to_string()), time);
            }
        }
    }
}
