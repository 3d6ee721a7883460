//! Small things that the accounts of all providers need.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::{self, DateTime};
use serde_json::{Map, Value};

const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);

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
    format!("{:.3}", EPOCH.saturating_add(since_epoch))
}

/// Seconds since 1970 of what a clock in UTC shows.
pub(crate) fn since_1970(time: DateTime) -> i64 {
    time.duration_since(EPOCH).as_secs()
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
