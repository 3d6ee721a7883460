//! The provider's id of a request.

use reqwest::header::{HeaderMap, HeaderValue};

/// Reads the id of a request that the provider, or a proxy before it, sets.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    const NAMES: &[&str] = &[
        "x-request-id",
        "request-id",
        "x-amzn-requestid",
        "x-amz-request-id",
        "x-correlation-id",
        "x-cloud-trace-context",
        "cf-ray",
    ];
    let ids = NAMES
        .iter()
        .filter_map(|name| headers.get(*name).map(HeaderValue::to_str)?.ok());
    ids.map(str::trim).find(|id| (1..=200).contains(&id.len()))
}
