//! Times as Engagespot writes and accepts them.

use jiff::civil;

use crate::clock::{Clock, unix_seconds};

/// Now, as Engagespot writes it.
pub(super) fn now(clock: &Clock) -> String {
    format!("{}Z", clock.iso())
}

/// Seconds since 1970 of an ISO 8601 time. The default zone is UTC, the default time midnight.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, "00:00Z"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let date = civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?;
    let (time, offset) = if let Some(time) = time.strip_suffix(['Z', 'z']) {
        (time, 0)
    } else if let Some(at) = time.rfind(['+', '-']) {
        let (time, zone) = time.split_at(at);
        let [hours, minutes] = numbers(&zone[1..], ':', [2, 2])?;
        let offset = i64::from(hours) * 3600 + i64::from(minutes) * 60;
        (
            time,
            if zone.starts_with('-') {
                -offset
            } else {
                offset
            },
        )
    } else {
        (time, 0)
    };
    let whole = time
        .split_once('.')
        .map_or(Some(time), |(whole, fraction)| {
            (!fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit())).then_some(whole)
        })?;
    let [hour, minute, second] =
        numbers(whole, ':', [2, 2, 2]).or_else(|| numbers(&format!("{whole}:00"), ':', [2; 3]))?;
    let [hour, minute, second] = [hour, minute, second].map(i8::try_from);
    let time = civil::Time::new(hour.ok()?, minute.ok()?, second.ok()?, 0).ok()?;
    Some(unix_seconds(date.to_datetime(time)) - offset)
}

/// Numbers between separators, each with exactly this number of digits.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[i16; N]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let parts: [&str; N] = parts.try_into().ok()?;
    let mut found = [0; N];
    for ((number, part), digits) in found.iter_mut().zip(parts).zip(digits) {
        if part.len() != digits || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_parsed_with_every_zone() {
        assert_eq!(seconds("1970-01-01T00:00:00.000Z"), Some(0));
        assert_eq!(seconds("2000-02-29T12:34:56.789Z"), Some(951_827_696));
        assert_eq!(seconds("2024-03-01T09:15Z"), Some(1_709_284_500));
        assert_eq!(seconds("2024-03-01T11:15:00+02:00"), Some(1_709_284_500));
        assert_eq!(seconds("2024-03-01T05:45:00-03:30"), Some(1_709_284_500));
        assert_eq!(seconds("2024-03-01T09:15:00"), Some(1_709_284_500));
        assert_eq!(seconds("1970-01-02"), Some(86_400));
        assert_eq!(seconds("1969-12-31T23:59:59Z"), Some(-1));
    }

    #[test]
    fn text_without_a_time_is_none() {
        for text in [
            "",
            "tomorrow",
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-01-01T24:00:00Z",
            "2024-01-01T10:00:00.Z",
            "2024-01-01T1:00Z",
            "2024-01-01Z",
            "2024-01-01T10:00+2",
            "+024-01-01",
            "1709284500",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
