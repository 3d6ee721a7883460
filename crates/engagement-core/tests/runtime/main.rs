//! Tests with a server on loopback that records the exact bytes.

#[path = "../support/mod.rs"]
mod support;

mod blocking;
mod budget;
mod call_settings;
mod calls;
mod cancellation;
mod client_values;
mod compression;
mod deletions;
mod derived;
mod drift;
mod errors;
mod errors_in_success;
mod guards;
mod idempotency;
mod ids;
mod limits;
mod numbered_pages;
mod observer;
mod odd_bodies;
mod odd_heads;
mod operation_calls;
mod pages_with_more;
mod pagination;
mod parts;
#[cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls"))]
mod proxies;
mod rate_limit_stores;
mod rate_limits;
mod raw_requests;
mod redirects;
mod regions;
mod repaired_bodies;
mod requests;
mod responses;
mod retries;
mod retry_after_pause;
mod setup;
mod slow_bodies;
mod survival;
mod testing;
#[cfg(all(feature = "chrono", feature = "jiff"))]
mod times;
mod tokens;
mod types;
#[cfg(feature = "multipart")]
mod uploads;
mod virtual_time;
