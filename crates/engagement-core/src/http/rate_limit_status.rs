//! The provider's rate limit as response headers report it.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, HeaderValue};

/// The provider's rate limit as response headers report it: `X-RateLimit-Limit`, `-Remaining` and `-Reset`,
/// `X-Rate-Limit-…` or `RateLimit-…`. A header that is missing, unclear or present twice is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimitStatus {
    /// How many requests are allowed.
    pub limit: Option<u64>,
    /// How many requests remain.
    pub remaining: Option<u64>,
    /// The time until more are allowed. If the provider sends a point in time, it is counted from when this was read.
    pub reset: Option<Duration>,
}

impl RateLimitStatus {
    /// The status, if any of its headers is present.
    pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Option<Self> {
        let status = Self {
            limit: field(headers, "limit").and_then(|text| number(without_policy(text))),
            remaining: field(headers, "remaining").and_then(number),
            reset: field(headers, "reset")
                .and_then(number)
                .and_then(|reset| from_now(reset, now)),
        };
        let nothing =
            status.limit.is_none() && status.remaining.is_none() && status.reset.is_none();
        (!nothing).then_some(status)
    }
}

/// The value of a header in the first form that is present.
fn field<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    const FORMS: [&str; 3] = ["x-ratelimit", "x-rate-limit", "ratelimit"];
    let present = FORMS
        .iter()
        .map(|form| headers.get_all(format!("{form}-{name}")).iter());
    let mut values = present
        .into_iter()
        .find(|values| values.size_hint().0 > 0)?;
    // With two values, neither can be trusted.
    let value = values.next().filter(|_| values.next().is_none());
    value.map(HeaderValue::to_str)?.ok().map(str::trim)
}

/// `100` of `100, 100;w=60`, as early drafts of `RateLimit-Limit` have it.
fn without_policy(text: &str) -> &str {
    match text.split_once([',', ';']) {
        Some((limit, policy)) if policy.contains("w=") => limit.trim(),
        _ => text,
    }
}

fn number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

/// Seconds from now, or seconds or milliseconds since 1970: the numbers are far apart.
fn from_now(reset: u64, now: SystemTime) -> Option<Duration> {
    let since_1970 = match reset {
        0..1_000_000_000 => return Some(Duration::from_secs(reset)),
        1_000_000_000..1_000_000_000_000 => Duration::from_secs(reset),
        1_000_000_000_000..1_000_000_000_000_000 => Duration::from_millis(reset),
        _ => return None,
    };
    let time = SystemTime::UNIX_EPOCH.checked_add(since_1970)?;
    Some(time.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    fn read(headers: &[(&str, &str)]) -> Option<RateLimitStatus> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            map.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        RateLimitStatus::read(&map, SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
    }

    fn status(limit: u64, remaining: u64, reset: u64) -> Option<RateLimitStatus> {
        Some(RateLimitStatus {
            limit: Some(limit),
            remaining: Some(remaining),
            reset: Some(Duration::from_secs(reset)),
        })
    }

    #[test]
    fn three_forms_are_read() {
        for form in ["X-RateLimit", "X-Rate-Limit", "RateLimit"] {
            let names = ["Limit", "Remaining", "Reset"].map(|name| format!("{form}-{name}"));
            let values = names
                .iter()
                .map(String::as_str)
                .zip(["5000", " 4990 ", "12"]);
            assert_eq!(read(&values.collect::<Vec<_>>()), status(5000, 4990, 12));
        }
        let (own, builder) = (("x-ratelimit-limit", "5"), ("ratelimit-limit", "6"));
        assert_eq!(read(&[builder, own]).unwrap().limit, Some(5));
        assert_eq!(read(&[builder]).unwrap().limit, Some(6));
        assert_eq!(
            read(&[("ratelimit-limit", "6, 6;w=60")]).unwrap().limit,
            Some(6)
        );
    }

    #[test]
    fn a_reset_is_a_duration_whatever_it_was() {
        let reset = |text: &str| read(&[("x-ratelimit-reset", text)])?.reset;
        for (text, expected) in [
            ("0", Some(Duration::ZERO)),
            ("3600", Some(Duration::from_secs(3600))),
            ("999999999", Some(Duration::from_secs(999_999_999))),
            ("1800000030", Some(Duration::from_secs(30))),
            ("1799999999", Some(Duration::ZERO)),
            ("1000000000", Some(Duration::ZERO)),
            ("1800000001500", Some(Duration::from_millis(1500))),
            ("1799999999999", Some(Duration::ZERO)),
            ("1000000000000000", None),
            ("18446744073709551615", None),
            ("18446744073709551616", None),
            ("1.5", None),
            ("-1", None),
            ("1s", None),
            ("Sun, 06 Nov 1994 08:49:47 GMT", None),
        ] {
            assert_eq!(reset(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_unclear_is_left_out_and_the_rest_stays() {
        let limit = ("x-ratelimit-limit", "100");
        for unclear in [
            "",
            "-1",
            "+1",
            "1.0",
            "1e3",
            "many",
            "1, 1",
            "18446744073709551616",
            "\u{e9}",
        ] {
            let found = read(&[limit, ("x-ratelimit-remaining", unclear)]).unwrap();
            assert_eq!(
                (found.limit, found.remaining, found.reset),
                (Some(100), None, None),
                "{unclear}"
            );
            assert_eq!(
                read(&[("x-ratelimit-remaining", unclear)]),
                None,
                "{unclear}"
            );
        }
        let twice = read(&[limit, limit, ("x-ratelimit-remaining", "7")]).unwrap();
        assert_eq!((twice.limit, twice.remaining), (None, Some(7)));
        // Two of one form are no reason to believe another.
        assert_eq!(read(&[limit, limit, ("ratelimit-limit", "5")]), None);
        assert_eq!(read(&[("retry-after", "5")]), None);
    }
}
