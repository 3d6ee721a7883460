//! What decoding may allocate, for a test and for the fuzzer.

use peak_alloc::PeakAlloc;

/// How many times the largest body.
pub const PER_BYTE: usize = 4;

/// What an error takes and what a parser needs anyhow, apart from values.
pub const FIXED: usize = 1024;

/// What it takes besides to find the place of a mistake, of which up to 128 levels are told apart.
pub const PLACE: usize = 12 * 1024;

/// The most that was allocated beside what was there before, if no other thread allocates meanwhile.
pub fn peak(memory: &PeakAlloc, decode: impl FnOnce()) -> usize {
    memory.reset_peak_usage();
    let before = memory.current_usage();
    decode();
    memory.peak_usage().saturating_sub(before)
}
