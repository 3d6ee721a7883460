//! Parameters of paths, queries and forms: what arrives is what was given. With the memory that forms take.
#![no_main]

use engagement_core::fuzzing::{any_form, form_memory};
use engagement_tests::memory::peak;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    any_form(data);
    form_memory(data, |form| peak(&MEMORY, form));
});
