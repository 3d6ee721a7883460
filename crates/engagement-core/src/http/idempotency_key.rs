//! Keys by which a provider recognises a repeated request.

use std::fmt::Write as _;

/// A random key of 128 bits, as 32 hexadecimal digits.
pub(crate) fn random_key() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("there is no randomness for the idempotency key: {error}"))?;
    let mut key = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(key, "{byte:02x}");
    }
    Ok(key)
}
