//! Paths, base URLs, texts of values, and readers of response headers.

pub(crate) mod base_url;
pub(crate) mod date;
pub(crate) mod idempotency_key;
pub(crate) mod path;
pub(crate) mod rate_limit_status;
pub(crate) mod request_id;
pub(crate) mod retry_after;
pub(crate) mod text;
