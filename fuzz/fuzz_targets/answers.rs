//! Bodies and damaged examples through every type of answer, with the memory that they take.
#![no_main]

use engagement_tests::memory::{FIXED, PER_BYTE, PER_VALUE, peak};
use engagement_tests::properties::{answer, any_answer};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((case, body)) = any_answer(data) else {
        return;
    };
    answer(case, &body);
    let max_values = body.len() / 8 + 1;
    let most = PER_VALUE * max_values + PER_BYTE * body.len() + FIXED;
    let taken = peak(&MEMORY, || {
        let _ = (case.answer.decode)(&body, max_values);
    });
    assert!(
        taken <= most,
        "{}: {taken} bytes for {}",
        case.name,
        body.len()
    );
});
