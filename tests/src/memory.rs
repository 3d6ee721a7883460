//! Limits of the memory that decoding allocates, for a test and for the fuzzer.

use peak_alloc::PeakAlloc;

/// For each JSON value. `max_values` allows 500,000 of them, so a response takes less than 600 MiB.
pub const PER_VALUE: usize = 1200;

/// For each byte of the body.
pub const PER_BYTE: usize = 4;

/// For an error with its JSON path, of which up to 128 levels are recorded.
pub const FIXED: usize = 16 * 1024;

/// The peak of allocated memory while this runs, beyond what was allocated before. No other thread may allocate.
pub fn peak(memory: &PeakAlloc, decode: impl FnOnce()) -> usize {
    memory.reset_peak_usage();
    let before = memory.current_usage();
    decode();
    memory.peak_usage().saturating_sub(before)
}
