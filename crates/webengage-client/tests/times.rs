//! Conversions of timestamps to and from the types of `jiff` and `chrono`.

use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone as _, Utc};
use jiff::ZonedDateTime;
use jiff::tz::{Offset, TimeZone};
use webengage_client::Timestamp;

const INDIA: &str = "2026-05-04T09:30:00+0530";
/// The last valid second, which is out of range for jiff.
const LAST: &str = "9999-12-31T23:59:59+0000";

fn timestamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn zone(seconds: i32) -> TimeZone {
    TimeZone::fixed(Offset::from_seconds(seconds).unwrap())
}

#[test]
fn times_of_jiff_become_timestamps() {
    let instant: jiff::Timestamp = "2026-05-04T04:00:00.999Z".parse().unwrap();
    let utc = Timestamp::try_from(instant).unwrap();
    assert_eq!(utc.to_string(), "2026-05-04T04:00:00+0000");
    let before: jiff::Timestamp = "1969-12-31T23:59:59.5Z".parse().unwrap();
    assert_eq!(Timestamp::try_from(before).unwrap().unix_seconds(), -1);

    let there = ZonedDateTime::new(instant, zone(330 * 60));
    assert_eq!(Timestamp::try_from(&there).unwrap().as_str(), INDIA);
    assert_eq!(Timestamp::try_from(there).unwrap().as_str(), INDIA);
    // Amsterdam until 1937.
    for (seconds, text) in [
        (1_172, "2026-05-04T04:19:00+0019"),
        (-1_172, "2026-05-04T03:41:00-0019"),
    ] {
        let unusual = Timestamp::try_from(ZonedDateTime::new(instant, zone(seconds))).unwrap();
        assert_eq!((unusual.to_string().as_str(), &unusual), (text, &utc));
    }

    let far = "-000001-01-01T00:00:00Z"
        .parse::<jiff::Timestamp>()
        .unwrap();
    let reported = Timestamp::try_from(far).unwrap_err().to_string();
    assert!(reported.ends_with("cannot be represented"), "{reported}");
    let day_ahead = ZonedDateTime::new(instant, zone(25 * 3600));
    assert!(Timestamp::try_from(day_ahead).is_err());
}

#[test]
fn timestamps_become_times_of_jiff() {
    let time = timestamp(INDIA);
    let instant = jiff::Timestamp::try_from(&time).unwrap();
    assert_eq!(instant.to_string(), "2026-05-04T04:00:00Z");
    assert_eq!(jiff::Timestamp::try_from(time.clone()), Ok(instant));
    let there = ZonedDateTime::try_from(&time).unwrap();
    assert_eq!(there.to_string(), "2026-05-04T09:30:00+05:30[+05:30]");
    assert_eq!(ZonedDateTime::try_from(time), Ok(there));

    let expected = "the time lies outside the range of the type it was converted into";
    let last = timestamp(LAST);
    let instant = jiff::Timestamp::try_from(&last).unwrap_err();
    let there = ZonedDateTime::try_from(last).unwrap_err();
    assert_eq!(
        [instant.to_string(), there.to_string()],
        [expected, expected]
    );
}

#[test]
fn times_of_chrono_become_timestamps() {
    let instant = DateTime::from_timestamp_millis(1_777_867_200_999).unwrap();
    let utc = Timestamp::try_from(instant).unwrap();
    assert_eq!(utc.to_string(), "2026-05-04T04:00:00+0000");
    let before = DateTime::from_timestamp_millis(-500).unwrap();
    assert_eq!(Timestamp::try_from(before).unwrap().unix_seconds(), -1);

    let india = FixedOffset::east_opt(330 * 60).unwrap();
    let there = Timestamp::try_from(instant.with_timezone(&india)).unwrap();
    assert_eq!(there.as_str(), INDIA);
    let unusual = instant.with_timezone(&FixedOffset::west_opt(1_172).unwrap());
    let unusual = Timestamp::try_from(unusual).unwrap();
    assert_eq!(unusual.to_string(), "2026-05-04T03:41:00-0019");
    assert_eq!(unusual, utc);

    for year in [0, 10_000] {
        let day = NaiveDate::from_ymd_opt(year, 6, 1).unwrap();
        let time = Utc.from_utc_datetime(&day.into());
        assert!(Timestamp::try_from(time).is_err(), "{time}");
    }
}

#[test]
fn timestamps_become_times_of_chrono() {
    let time = timestamp(INDIA);
    let utc = DateTime::<Utc>::from(&time);
    assert_eq!(format!("{utc:?}"), "2026-05-04T04:00:00Z");
    assert_eq!(DateTime::<Utc>::from(time.clone()), utc);
    let there = DateTime::<FixedOffset>::from(&time);
    assert_eq!(format!("{there:?}"), "2026-05-04T09:30:00+05:30");
    assert_eq!(DateTime::<FixedOffset>::from(time), there);

    for text in [LAST, "0001-01-01T00:00:00+2359", "9999-12-31T23:59:59-2359"] {
        let time = timestamp(text);
        let there = DateTime::<FixedOffset>::from(&time);
        assert_eq!(there.timestamp(), time.unix_seconds());
        assert_eq!(Timestamp::try_from(there).unwrap().as_str(), text);
    }
}
