//! Bodies and damaged examples through every type of answer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| engagement_tests::properties::any_answer(data));
