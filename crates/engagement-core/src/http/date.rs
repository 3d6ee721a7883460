//! Reads the time by a server's clock.

use std::time::SystemTime;

use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue};

/// The time by the server's clock at which it sent the response.
pub(crate) fn date(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(only(headers, &DATE)?).ok()
}

/// The value of a header that is present exactly once: of two, neither can be trusted.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none());
    value.map(HeaderValue::to_str)?.ok().map(str::trim)
}
