//! Reading times.

/// Seconds since 1970 of an ISO 8601 time; without a zone it is taken as UTC, without a time as midnight.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, "00:00Z"));
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (time, offset) = if let Some(time) = time.strip_suffix(['Z', 'z']) {
        (time, 0)
    } else if let Some(at) = time.rfind(['+', '-']) {
        let (time, zone) = time.split_at(at);
        let [hours, minutes] = numbers(&zone[1..], ':', [2, 2])?;
        let offset = hours * 3600 + minutes * 60;
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
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

/// Exactly so many numbers with exactly so many digits each.
fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[i64; N]> {
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

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years from March on, so that the leap day comes last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_every_zone() {
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
    fn what_is_no_time_is_none() {
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
