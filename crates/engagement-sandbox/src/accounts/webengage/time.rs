//! Times as WebEngage writes them.

use jiff::civil;

use crate::clock::{Clock, unix_seconds};

/// Now, as `2026-05-04T09:30:00+0000`.
pub(super) fn now(clock: &Clock) -> String {
    let now = clock.iso();
    let seconds = now.split('.').next().unwrap_or_default();
    format!("{seconds}+0000")
}

/// Seconds since 1970 of a time such as `2026-05-04T09:30+0530`, with or without seconds.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once('T')?;
    let (time, offset) = rest.split_at(rest.rfind(['+', '-'])?);
    let [year, month, day] = numbers(date, '-')?[..] else {
        return None;
    };
    let (hour, minute, second) = match numbers(time, ':')?[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let (hours, minutes) = offset.get(1..)?.split_at_checked(2)?;
    let ([hours], [minutes]) = (&numbers(hours, ':')?[..], &numbers(minutes, ':')?[..]) else {
        return None;
    };
    // A leap second counts as the first second of the next minute.
    if second > 60 || *hours > 23 || *minutes > 59 {
        return None;
    }
    let date = civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let time = civil::Time::new(hour.try_into().ok()?, minute.try_into().ok()?, 0, 0).ok()?;
    let ahead = i64::from(hours * 60 + minutes) * 60;
    let ahead = if offset.starts_with('-') {
        -ahead
    } else {
        ahead
    };
    Some(unix_seconds(date.to_datetime(time)) + i64::from(second) - ahead)
}

/// Numbers between separators. Other characters are not accepted.
fn numbers(text: &str, separator: char) -> Option<Vec<i16>> {
    let number = |group: &str| {
        let digits =
            matches!(group.len(), 1..=4) && group.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| group.parse().ok())?
    };
    text.split(separator).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_with_and_without_seconds() {
        assert_eq!(seconds("1970-01-01T00:00:00+0000"), Some(0));
        assert_eq!(seconds("2000-02-29T12:34:56+0000"), Some(951_827_696));
        assert_eq!(seconds("2000-02-29T12:34+0000"), Some(951_827_640));
        assert_eq!(seconds("2000-2-9T1:4:60+0000"), Some(950_058_300));
        assert_eq!(
            seconds("2026-05-04T09:30:00+0530"),
            seconds("2026-05-04T04:00+0000")
        );
        assert_eq!(
            seconds("2026-05-04T09:30:00-0100"),
            seconds("2026-05-04T10:30+0000")
        );
        for wrong in [
            "",
            "2026-05-04",
            "2026-13-04T09:30+0000",
            "2026-02-29T09:30+0000",
            "2026-05-04T09:30:61+0000",
            "2026-05-04T09:30+2400",
            "2026-05-04T09:30",
            "2026-05-04T09:30+0",
            "T+",
            "a-b-cTd:e+fghi",
            "2026-05-04T09+0000",
        ] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
        assert!(seconds(&now(&Clock::new())).is_some());
    }
}
