//! Reads how long a provider asks to wait.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderName, RETRY_AFTER};

use crate::http::date::{date, only};

/// Reads `Retry-After` (whole seconds or any of the three HTTP dates) and `retry-after-ms`, which is more exact and
/// therefore takes precedence. A date in the past is no wait; anything unclear is ignored.
///
/// `now` is the time by this machine's clock. A date is compared with the response's own `Date` instead, if there is one: the
/// two clocks may differ.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    const MILLISECONDS: HeaderName = HeaderName::from_static("retry-after-ms");
    if let Some(wait) = only(headers, &MILLISECONDS).and_then(digits) {
        return Some(Duration::from_millis(wait));
    }
    let text = only(headers, &RETRY_AFTER)?;
    match digits(text) {
        Some(seconds) => Some(Duration::from_secs(seconds)),
        None => {
            let until = httpdate::parse_http_date(text).ok()?;
            let now = date(headers).unwrap_or(now);
            Some(until.duration_since(now).unwrap_or_default())
        }
    }
}

fn digits(text: &str) -> Option<u64> {
    let plain = (1..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use reqwest::header::DATE;

    use super::*;

    fn read(name: &'static str, values: &[&str]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        // 1994-11-06 08:49:37, the date of RFC 9110's examples.
        retry_after(
            &headers,
            SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777),
        )
    }

    #[test]
    fn seconds_milliseconds_and_dates() {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        for (text, wait) in [
            ("0", seconds(0)),
            ("120", seconds(120)),
            (" 7 ", seconds(7)),
            ("9999999999", seconds(9_999_999_999)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", seconds(10)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", seconds(10)),
            ("Sun Nov  6 08:49:47 1994", seconds(10)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", seconds(0)),
            ("", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("NaN", None),
            ("10000000000", None),
            ("tomorrow", None),
        ] {
            assert_eq!(read("retry-after", &[text]), wait, "{text:?}");
        }
        assert_eq!(
            read("retry-after-ms", &["1500"]),
            Some(Duration::from_millis(1500))
        );
        assert_eq!(read("retry-after", &["1", "2"]), None);
    }

    #[test]
    fn a_date_counts_from_the_date_of_the_response() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (date, wait) in [
            (&["Sun, 06 Nov 1994 08:59:37 GMT"][..], 20),
            (&["Sun, 06 Nov 1994 09:59:37 GMT"], 0),
            // Without one that can be trusted, it counts from now.
            (&["soon"], 620),
            (
                &[
                    "Sun, 06 Nov 1994 08:59:37 GMT",
                    "Sun, 06 Nov 1994 08:59:38 GMT",
                ],
                620,
            ),
            (&[], 620),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(
                RETRY_AFTER,
                "Sun, 06 Nov 1994 08:59:57 GMT".parse().unwrap(),
            );
            for date in date {
                headers.append(DATE, date.parse().unwrap());
            }
            assert_eq!(
                retry_after(&headers, now),
                Some(Duration::from_secs(wait)),
                "{date:?}"
            );
        }
    }
}
