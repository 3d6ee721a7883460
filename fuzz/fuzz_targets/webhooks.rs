//! Deliveries of every provider's webhooks.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| engagement_tests::properties::any_webhook(data));
