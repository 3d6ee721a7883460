//! Small things that the accounts of all providers need.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

/// A record.
pub(crate) type Row = Map<String, Value>;

/// Time since 1970.
pub(crate) fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// Whole seconds since 1970.
pub(crate) fn now_seconds() -> i64 {
    i64::try_from(now().as_secs()).unwrap_or(i64::MAX)
}

/// Now, as `2024-03-01T09:15:00.000` without a zone.
pub(crate) fn now_iso() -> String {
    iso(now())
}

fn iso(since_epoch: Duration) -> String {
    let seconds = since_epoch.as_secs();
    let (year, month, day) = date(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}",
        since_epoch.subsec_millis()
    )
}

/// The civil date of a day counted from 1970-01-01.
fn date(day: u64) -> (u64, u64, u64) {
    // Years from March on, so that the leap day comes last; eras of 400 years.
    let day = day + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

/// An integer that may have come as a whole number with a point or as text.
pub(crate) fn int(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 a float names no one integer.
    let fits = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "checked in the line above")]
    fits.then_some(number as i64)
}

/// A number that may have come as text.
pub(crate) fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => serde_json::from_str::<serde_json::Number>(text.trim())
            .ok()
            .map(Value::Number),
        _ => None,
    }
}

/// The text under a key; empty when there is none.
pub(crate) fn text<'a>(row: &'a Row, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// An object's members; none for anything else.
pub(crate) fn members(value: &Value) -> Row {
    value.as_object().cloned().unwrap_or_default()
}

/// The elements of an array under a key.
pub(crate) fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn dates_are_written_as_calendars_do() {
        assert_eq!(iso(Duration::from_millis(0)), "1970-01-01T00:00:00.000");
        assert_eq!(
            iso(Duration::from_millis(951_827_696_789)),
            "2000-02-29T12:34:56.789"
        );
        assert_eq!(
            iso(Duration::from_secs(1_709_284_500)),
            "2024-03-01T09:15:00.000"
        );
    }

    #[test]
    fn integers_are_read_from_every_shape_and_never_guessed() {
        assert_eq!(int(&json!("42")), Some(42));
        assert_eq!(int(&json!(42.0)), Some(42));
        assert_eq!(int(&json!(1e300)), None);
        assert_eq!(int(&json!(4.2)), None);
        assert_eq!(int(&json!("x")), None);
    }
}
