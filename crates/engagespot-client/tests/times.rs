//! Conversions of send times to and from the types of `jiff` and `chrono`.

use chrono::{DateTime, FixedOffset, Utc};
use engagespot_client::SendAt;
use jiff::tz::{TimeZone, offset};
use jiff::{Timestamp, ZonedDateTime};

const TEXT: &str = "2025-03-01T09:15:00.250Z";
/// The last valid millisecond, which is out of range for jiff.
const LAST: i64 = 253_402_300_799_999;

#[test]
fn send_times_convert_from_and_to_jiff() {
    let time: Timestamp = "2025-03-01T09:15:00.250999Z".parse().unwrap();
    let there = ZonedDateTime::new(time, TimeZone::fixed(offset(-5)));
    let at = SendAt::try_from(time).unwrap();
    assert_eq!(String::from(at), TEXT);
    assert_eq!(SendAt::try_from(&there), Ok(at));
    assert_eq!(SendAt::try_from(there), Ok(at));
    assert_eq!(
        Timestamp::try_from(at).unwrap().to_string(),
        "2025-03-01T09:15:00.25Z"
    );

    let before: Timestamp = "1969-12-31T23:59:59.9999Z".parse().unwrap();
    assert_eq!(
        SendAt::try_from(before).unwrap_err().to_string(),
        "the time is before 1970 or after the year 9999"
    );
    let last = SendAt::try_from(DateTime::from_timestamp_millis(LAST).unwrap()).unwrap();
    assert_eq!(
        Timestamp::try_from(last).unwrap_err().to_string(),
        "the time lies outside the range of the type it was converted into"
    );
}

#[test]
fn send_times_convert_from_and_to_chrono() {
    let time = DateTime::from_timestamp_micros(1_740_820_500_250_999).unwrap();
    let there = time.with_timezone(&FixedOffset::west_opt(5 * 3600).unwrap());
    let at = SendAt::try_from(time).unwrap();
    assert_eq!(String::from(at), TEXT);
    assert_eq!(SendAt::try_from(there), Ok(at));
    let back = DateTime::<Utc>::from(at);
    assert_eq!(format!("{back:?}"), TEXT);

    for millis in [-1, LAST + 1] {
        let time = DateTime::from_timestamp_millis(millis).unwrap();
        assert!(SendAt::try_from(time).is_err(), "{time}");
    }
    let last = DateTime::from_timestamp_millis(LAST).unwrap();
    let at = SendAt::try_from(last).unwrap();
    assert_eq!(String::from(at), "9999-12-31T23:59:59.999Z");
    assert_eq!(DateTime::<Utc>::from(at), last);
}
