//! Conversions of epoch times to and from the types of `jiff` and `chrono`.

use chrono::{DateTime, FixedOffset, Utc};
use engagement_core::{EpochMillis, EpochSeconds};
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ZonedDateTime};

/// Nanoseconds since 1970, rounded to seconds and to milliseconds.
const ROUNDED: [(i64, i64, i64); 7] = [
    (1_709_284_500_250_999_999, 1_709_284_500, 1_709_284_500_250),
    (1_999_999, 0, 1),
    (0, 0, 0),
    (-1, -1, -1),
    (-1_000_000, -1, -1),
    (-1_500_000_000, -2, -1_500),
    (-2_000_000_001, -3, -2_001),
];

#[test]
fn times_of_jiff_are_rounded_down() {
    for (nanos, seconds, millis) in ROUNDED {
        let time = Timestamp::from_nanosecond(nanos.into()).unwrap();
        assert_eq!(EpochSeconds::from(time).get(), seconds, "{nanos}");
        assert_eq!(EpochMillis::from(time).get(), millis, "{nanos}");
        let local = ZonedDateTime::new(time, TimeZone::fixed(offset(-5)));
        assert_eq!(EpochSeconds::from(&local).get(), seconds);
        assert_eq!(EpochSeconds::from(local.clone()).get(), seconds);
        assert_eq!(EpochMillis::from(&local).get(), millis);
        assert_eq!(EpochMillis::from(local).get(), millis);
    }
}

#[test]
fn epochs_convert_to_jiff() {
    let time = Timestamp::try_from(EpochSeconds(1_709_284_500)).unwrap();
    assert_eq!(time.to_string(), "2024-03-01T09:15:00Z");
    let time = Timestamp::try_from(EpochMillis(-1_500)).unwrap();
    assert_eq!(time.to_string(), "1969-12-31T23:59:58.5Z");
    let last = EpochSeconds::from(Timestamp::MAX);
    assert_eq!(Timestamp::try_from(last).unwrap().as_second(), last.get());
    for reported in [
        Timestamp::try_from(EpochSeconds(last.get() + 1)),
        Timestamp::try_from(EpochSeconds(i64::MIN)),
        Timestamp::try_from(EpochMillis(i64::MAX)),
    ] {
        assert_eq!(
            reported.unwrap_err().to_string(),
            "the time lies outside the range of the type it was converted into"
        );
    }
}

#[test]
fn times_of_chrono_are_rounded_down() {
    for (nanos, seconds, millis) in ROUNDED {
        let time = DateTime::from_timestamp_nanos(nanos);
        let local = time.with_timezone(&FixedOffset::west_opt(5 * 3600).unwrap());
        assert_eq!(EpochSeconds::from(time).get(), seconds, "{nanos}");
        assert_eq!(EpochMillis::from(time).get(), millis, "{nanos}");
        assert_eq!(EpochSeconds::from(local).get(), seconds);
        assert_eq!(EpochMillis::from(local).get(), millis);
    }
    let ends = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
    assert_eq!(
        ends.map(|end| EpochMillis::from(end).to_seconds()),
        ends.map(EpochSeconds::from)
    );
}

#[test]
fn epochs_convert_to_chrono() {
    let time = DateTime::<Utc>::try_from(EpochSeconds(1_709_284_500)).unwrap();
    assert_eq!(format!("{time:?}"), "2024-03-01T09:15:00Z");
    let time = DateTime::<Utc>::try_from(EpochMillis(-1_500)).unwrap();
    assert_eq!(format!("{time:?}"), "1969-12-31T23:59:58.500Z");
    assert!(DateTime::<Utc>::try_from(EpochSeconds(i64::MAX)).is_err());
    assert!(DateTime::<Utc>::try_from(EpochMillis(i64::MIN)).is_err());
}
