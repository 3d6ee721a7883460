//! Dates in the format that a user of the account has set.

#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;

use std::fmt;
use std::str::FromStr;

use jiff::civil;

/// A date with an optional time, without a time zone.
///
/// ```
/// use engagebay_client::{Date, DateFormat};
///
/// let format: DateFormat = "DD/MM/YYYY".parse()?;
/// let day = Date::new(2019, 7, 31)?;
/// assert_eq!(format.format(day), "31/07/2019");
/// assert_eq!(format.format(day.at(12, 0, 0)?), "31/07/2019 12:00:00");
/// assert_eq!(format.parse("31/07/2019")?, day);
/// assert!(Date::new(2019, 2, 29).is_err());
/// # Ok::<(), engagebay_client::DateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// In the years 1 to 9999.
    day: civil::Date,
    /// In whole seconds.
    time: Option<civil::Time>,
}

/// The date format that the user of the API key has set in EngageBay under Preferences: order and separator.
///
/// The API does not return the format, and `01/02/2020` matches two of them. `FromStr` and `Display` use the pattern of
/// EngageBay, such as `DD/MM/YYYY`; a time may follow a date in every format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateFormat {
    order: [Part; 3],
    separator: char,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Day,
    Month,
    Year,
}

/// A date or a date format is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateError(String);

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DateError {}

#[cfg(any(feature = "jiff", feature = "chrono"))]
impl DateError {
    fn year() -> Self {
        Self("the year is not 1 to 9999".to_owned())
    }
}

impl Date {
    /// A date without a time.
    ///
    /// # Errors
    /// If the day does not exist, or the year is not 1 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        match civil_date(year, month, day) {
            Some(day) => Ok(Self { day, time: None }),
            None => Err(DateError(format!(
                "there is no day {year:04}-{month:02}-{day:02}"
            ))),
        }
    }

    /// The same date with a time.
    ///
    /// # Errors
    /// If the time does not exist; leap seconds are not supported.
    pub fn at(self, hour: u8, minute: u8, second: u8) -> Result<Self, DateError> {
        match civil_time(hour, minute, second) {
            Some(time) => Ok(Self {
                time: Some(time),
                ..self
            }),
            None => Err(DateError(format!(
                "there is no time {hour:02}:{minute:02}:{second:02}"
            ))),
        }
    }

    /// Year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.day.year().unsigned_abs()
    }

    /// Month, from 1.
    #[must_use]
    pub fn month(self) -> u8 {
        self.day.month().unsigned_abs()
    }

    /// Day of the month, from 1.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day.day().unsigned_abs()
    }

    /// Hour, minute and second.
    #[must_use]
    pub fn time(self) -> Option<(u8, u8, u8)> {
        self.time.map(parts)
    }
}

/// `None` if the day does not exist, or the year is not 1 to 9999.
fn civil_date(year: u16, month: u8, day: u8) -> Option<civil::Date> {
    let year = i16::try_from(year).ok().filter(|year| *year > 0)?;
    civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn civil_time(hour: u8, minute: u8, second: u8) -> Option<civil::Time> {
    let [hour, minute, second] = [hour, minute, second].map(i8::try_from);
    civil::Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0).ok()
}

/// Hour, minute and second.
fn parts(time: civil::Time) -> (u8, u8, u8) {
    (
        time.hour().unsigned_abs(),
        time.minute().unsigned_abs(),
        time.second().unsigned_abs(),
    )
}

/// As ISO 8601: `2019-07-31`, `2019-07-31T12:00:00`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.time {
            Some(time) => write!(f, "{}T{time}", self.day),
            None => write!(f, "{}", self.day),
        }
    }
}

impl DateFormat {
    /// `DD/MM/YYYY`, as in most of the provider's examples.
    pub const DAY_FIRST: Self = Self {
        order: [Part::Day, Part::Month, Part::Year],
        separator: '/',
    };
    /// `MM/DD/YYYY`, as in the provider's example of a new contact.
    pub const MONTH_FIRST: Self = Self {
        order: [Part::Month, Part::Day, Part::Year],
        separator: '/',
    };
    /// `YYYY-MM-DD`.
    pub const ISO: Self = Self {
        order: [Part::Year, Part::Month, Part::Day],
        separator: '-',
    };

    /// Formats a date, with its time if it has one.
    #[must_use]
    pub fn format(self, date: Date) -> String {
        let [first, second, third] = self.order.map(|part| match part {
            Part::Day => format!("{:02}", date.day()),
            Part::Month => format!("{:02}", date.month()),
            Part::Year => format!("{:04}", date.year()),
        });
        let separator = self.separator;
        let day = format!("{first}{separator}{second}{separator}{third}");
        match date.time {
            Some(time) => format!("{day} {time}"),
            None => day,
        }
    }

    /// Parses a date. Day and month may lack their leading zero; a time may follow, as `12:00` or `12:00:00`.
    ///
    /// # Errors
    /// If the text does not match the format, or the day or time does not exist. The error contains only a day or time that
    /// does not exist, and no other text.
    pub fn parse(self, text: &str) -> Result<Date, DateError> {
        let date = self.read(text.trim())?;
        date.ok_or_else(|| DateError(format!("the text does not match the date format {self}")))
    }

    /// The date; `None` if the text does not match the format.
    fn read(self, text: &str) -> Result<Option<Date>, DateError> {
        let (day, time) = match text.split_once(' ') {
            Some((day, time)) => (day, Some(time.trim_start())),
            None => (text, None),
        };
        let parts: Vec<&str> = day.split(self.separator).collect();
        if parts.len() != 3 {
            return Ok(None);
        }
        let (mut year, mut month, mut day) = (0, 0, 0);
        for (part, text) in self.order.iter().zip(parts) {
            let digits = if *part == Part::Year { 4..=4 } else { 1..=2 };
            let Some(number) = number(text).filter(|_| digits.contains(&text.len())) else {
                return Ok(None);
            };
            match part {
                Part::Day => day = number,
                Part::Month => month = number,
                Part::Year => year = number,
            }
        }
        let day = Date::new(year, small(month), small(day))?;
        let Some(time) = time else {
            return Ok(Some(day));
        };
        let parts: Option<Vec<u16>> = time
            .split(':')
            .map(|text| number(text).filter(|_| text.len() <= 2))
            .collect();
        match parts.as_deref() {
            Some(&[hour, minute]) => day.at(small(hour), small(minute), 0).map(Some),
            Some(&[hour, minute, second]) => {
                day.at(small(hour), small(minute), small(second)).map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// A number of digits, without a sign.
fn number(text: &str) -> Option<u16> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// A number of at most two digits.
fn small(number: u16) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third] = self.order.map(|part| match part {
            Part::Day => "DD",
            Part::Month => "MM",
            Part::Year => "YYYY",
        });
        let separator = self.separator;
        write!(f, "{first}{separator}{second}{separator}{third}")
    }
}

/// Parses `DD`, `MM` and `YYYY`, each once and in any case, separated by `/`, `-` or `.`.
impl FromStr for DateFormat {
    type Err = DateError;

    fn from_str(pattern: &str) -> Result<Self, DateError> {
        let refused = || {
            DateError(format!(
                "`{pattern}` is not a date format that is understood: use DD, MM and YYYY with `/`, `-` or `.` between them"
            ))
        };
        let separator = pattern
            .chars()
            .find(|char| "/-.".contains(*char))
            .ok_or_else(refused)?;
        let part = |text: &str| match text.to_ascii_uppercase().as_str() {
            "DD" => Some(Part::Day),
            "MM" => Some(Part::Month),
            "YYYY" => Some(Part::Year),
            _ => None,
        };
        let parts: Option<Vec<Part>> = pattern.trim().split(separator).map(part).collect();
        match parts.as_deref() {
            Some(&[first, second, third])
                if first != second && second != third && first != third =>
            {
                Ok(Self {
                    order: [first, second, third],
                    separator,
                })
            }
            _ => Err(refused()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_by_their_pattern() {
        for (pattern, format) in [
            ("DD/MM/YYYY", DateFormat::DAY_FIRST),
            ("MM/DD/YYYY", DateFormat::MONTH_FIRST),
            ("YYYY-MM-DD", DateFormat::ISO),
        ] {
            assert_eq!(pattern.parse(), Ok(format));
            assert_eq!(pattern.to_lowercase().parse(), Ok(format));
            assert_eq!(format.to_string(), pattern);
        }
        assert_eq!(
            "dd.mm.yyyy".parse::<DateFormat>().unwrap().to_string(),
            "DD.MM.YYYY"
        );
        for pattern in [
            "",
            "DD",
            "DDMMYYYY",
            "DD/MM",
            "DD/MM/YY",
            "DD/MM-YYYY",
            "DD/DD/YYYY",
            "MMM DD, YYYY",
            "DD/MM/YYYY HH:mm",
        ] {
            let message = pattern.parse::<DateFormat>().unwrap_err().to_string();
            assert!(
                message.starts_with(&format!("`{pattern}` is not")),
                "{message}"
            );
        }
    }

    #[test]
    fn written_values_parse_back() {
        let formats = [
            "DD/MM/YYYY",
            "MM/DD/YYYY",
            "YYYY-MM-DD",
            "DD.MM.YYYY",
            "YYYY/DD/MM",
        ];
        for format in formats.map(|pattern| pattern.parse::<DateFormat>().unwrap()) {
            for year in [1, 1988, 2000, 2019, 9999] {
                let days = (1..=12).flat_map(|month| (1..=31).map(move |day| (month, day)));
                let dates: Vec<Date> = days
                    .filter_map(|(month, day)| Date::new(year, month, day).ok())
                    .collect();
                assert_eq!(
                    dates.len(),
                    if year == 2000 || year == 1988 {
                        366
                    } else {
                        365
                    }
                );
                for date in dates {
                    let day = date.day();
                    assert_eq!(format.parse(&format.format(date)), Ok(date));
                    let timed = date.at(23, 59, day).unwrap();
                    assert_eq!(format.parse(&format.format(timed)), Ok(timed));
                }
            }
        }
    }

    #[test]
    fn the_examples_of_the_provider_are_parsed() {
        let date = |format: DateFormat, text: &str| format.parse(text).unwrap().to_string();
        assert_eq!(date(DateFormat::DAY_FIRST, "22/07/2020"), "2020-07-22");
        assert_eq!(
            date(DateFormat::DAY_FIRST, "31/07/2019 12:00:00"),
            "2019-07-31T12:00:00"
        );
        assert_eq!(
            date(DateFormat::MONTH_FIRST, "11/14/1988 03:31:11"),
            "1988-11-14T03:31:11"
        );
        assert_eq!(
            date(DateFormat::MONTH_FIRST, " 1/4/1988  9:05 "),
            "1988-01-04T09:05:00"
        );
    }

    #[test]
    fn other_formats_are_rejected() {
        let odd = [
            "",
            " ",
            "22",
            "22/07",
            "22/07/20",
            "22-07-2020",
            "22/07/2020/1",
            "22/07/2020x",
            "+2/07/2020",
            "2 2/07/2020",
            "022/07/2020",
            "22//2020",
            "1563829200",
            "22/07/2020T12:00",
            "22/07/2020 12",
            "22/07/2020 12:00:00:00",
            "22/07/2020 12:00 PM",
            "22/07/2020 ::",
            "٢٢/07/2020",
        ];
        for text in odd {
            let message = DateFormat::DAY_FIRST.parse(text).unwrap_err().to_string();
            assert_eq!(
                message,
                "the text does not match the date format DD/MM/YYYY"
            );
        }
        let message = |text: &str| DateFormat::DAY_FIRST.parse(text).unwrap_err().to_string();
        assert_eq!(message("07/22/2020"), "there is no day 2020-22-07");
        assert_eq!(message("29/02/2100"), "there is no day 2100-02-29");
        assert_eq!(message("00/01/2020"), "there is no day 2020-01-00");
        assert_eq!(message("01/01/0000"), "there is no day 0000-01-01");
        assert_eq!(message("01/01/2020 24:00:00"), "there is no time 24:00:00");
        assert!(Date::new(10_000, 1, 1).is_err());
        assert!(Date::new(2000, 2, 29).unwrap().at(0, 0, 60).is_err());
    }
}
