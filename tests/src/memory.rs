//! What decoding may allocate, for a test and for the fuzzer.

use peak_alloc::PeakAlloc;

/// The most for each value. `max_values` allows 500,000 of them, so a response takes less than 600 MiB.
pub const PER_VALUE: usize = 1200;

/// The most for each byte of the body, whatever is in it.
pub const PER_BYTE: usize = 4;

/// The most for an error, and for finding the place of a mistake, of which up to 128 levels are kept.
pub const FIXED: usize = 16 * 1024;

/// The most that was allocated beside what was there before, if no other thread allocates meanwhile.
pub fn peak(memory: &PeakAlloc, decode: impl FnOnce()) -> usize {
    memory.reset_peak_usage();
    let before = memory.current_usage();
    decode();
    memory.peak_usage().saturating_sub(before)
}
