//! Keys by which a provider recognises a request that it has seen.

use std::fmt::Write as _;

/// A key that nobody else makes: 32 hexadecimal digits.
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
