//! Conversions of dates to and from the types of `jiff` and `chrono`, and times in the body of a request.

use chrono::{NaiveDate, NaiveDateTime};
use engagebay_client::types::{DealDate, DealUpdate, NewDeal, NewEvent};
use engagebay_client::{Date, EpochMillis, EpochSeconds};
use jiff::civil;
use serde_json::json;

fn day() -> Date {
    Date::new(2024, 2, 29).unwrap()
}

#[test]
fn dates_convert_from_and_to_jiff() {
    let jiff = civil::date(2024, 2, 29);
    assert_eq!(Date::try_from(jiff), Ok(day()));
    assert_eq!(civil::Date::from(day()), jiff);

    let time = day().at(23, 59, 58).unwrap();
    assert_eq!(Date::try_from(jiff.at(23, 59, 58, 999)), Ok(time));
    assert_eq!(civil::DateTime::from(time), jiff.at(23, 59, 58, 0));
    assert_eq!(civil::DateTime::from(day()), jiff.at(0, 0, 0, 0));
    assert_eq!(civil::Date::from(time), jiff);

    let (first, last) = (civil::date(1, 1, 1), civil::Date::MAX);
    for (jiff, text) in [(first, "0001-01-01"), (last, "9999-12-31")] {
        assert_eq!(Date::try_from(jiff).unwrap().to_string(), text);
    }
    let before = civil::date(0, 12, 31);
    for expected in [
        Date::try_from(before),
        Date::try_from(before.at(1, 2, 3, 0)),
    ] {
        assert_eq!(
            expected.unwrap_err().to_string(),
            "the year is not 1 to 9999"
        );
    }
}

#[test]
fn dates_convert_from_and_to_chrono() {
    let chrono = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    assert_eq!(Date::try_from(chrono), Ok(day()));
    assert_eq!(NaiveDate::from(day()), chrono);

    let time = day().at(23, 59, 58).unwrap();
    let with_time = chrono.and_hms_nano_opt(23, 59, 58, 999).unwrap();
    assert_eq!(Date::try_from(with_time), Ok(time));
    assert_eq!(
        NaiveDateTime::from(time),
        chrono.and_hms_opt(23, 59, 58).unwrap()
    );
    assert_eq!(
        NaiveDateTime::from(day()),
        chrono.and_hms_opt(0, 0, 0).unwrap()
    );
    assert_eq!(NaiveDate::from(time), chrono);
    let leap = chrono.and_hms_nano_opt(23, 59, 59, 1_000_000_000).unwrap();
    assert_eq!(Date::try_from(leap), day().at(23, 59, 59));

    for year in [-1, 0, 10_000, 70_000] {
        let day = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let expected = [
            Date::try_from(day),
            Date::try_from(NaiveDateTime::from(day)),
        ];
        for expected in expected {
            assert_eq!(
                expected.unwrap_err().to_string(),
                "the year is not 1 to 9999"
            );
        }
    }
}

#[test]
fn times_of_requests_are_sent_in_seconds() {
    let start: jiff::Timestamp = "2024-07-02T09:00:00.75Z".parse().unwrap();
    let event = NewEvent::new("Review", start, EpochMillis(1_719_914_400_999).to_seconds());
    assert_eq!(
        serde_json::to_value(event).unwrap(),
        json!({ "name": "Review", "start_time": 1_719_910_800, "end_time": 1_719_914_400 })
    );
    let read: NewEvent = serde_json::from_value(
        json!({ "name": "Review", "start_time": "1719910800", "end_time": 1_719_914_400 }),
    )
    .unwrap();
    assert_eq!(read.start_time, EpochSeconds::from(start));
}

#[test]
fn a_deal_is_closed_at_a_time_or_on_a_day_in_the_user_s_format() {
    let closed = |deal: DealUpdate| serde_json::to_value(deal).unwrap()["closed_date"].clone();
    let deal = || DealUpdate::new(7);
    assert_eq!(closed(deal().closed_date(1_725_000_000)), 1_725_000_000);
    assert_eq!(closed(deal().closed_date(EpochSeconds(5))), 5);
    assert_eq!(closed(deal().closed_date("30/08/2024")), "30/08/2024");

    let time = NewDeal::new().closed_date(1_725_000_000).closed_date;
    assert!(matches!(
        time,
        Some(DealDate::EpochSeconds(EpochSeconds(1_725_000_000)))
    ));
    let text = NewDeal::new().closed_date("30/08/2024").closed_date;
    assert!(matches!(text, Some(DealDate::String(text)) if text == "30/08/2024"));
}
