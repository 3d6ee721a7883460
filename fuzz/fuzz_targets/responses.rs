//! Bodies and damaged examples through every type of response, with the memory that they take.
#![no_main]

use engagement_tests::memory::{FIXED, PER_BYTE, PER_VALUE, peak};
use engagement_tests::properties::{response, any_response};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((case, body)) = any_response(data) else {
        return;
    };
    response(case, &body);
    let max_values = body.len() / 8 + 1;
    let most = PER_VALUE * max_values + PER_BYTE * body.len() + FIXED;
    let taken = peak(&MEMORY, || {
        let _ = (case.response.decode)(&body, max_values);
    });
    assert!(
        taken <= most,
        "{}: {taken} bytes for {}",
        case.name,
        body.len()
    );
});
