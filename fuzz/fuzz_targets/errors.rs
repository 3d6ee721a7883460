//! Error responses: the provider's words, waits, names of requests, and nothing secret.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| engagement_core::fuzzing::any_error(data));
