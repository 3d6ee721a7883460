//! Parameters of paths, queries and forms: what arrives is what was given.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| engagement_core::fuzzing::any_form(data));
