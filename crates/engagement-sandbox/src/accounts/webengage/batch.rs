//! Batches.

use serde_json::Value;

use crate::accounts::json::array;
use crate::accounts::response::{ApiError, bad_request};

/// The largest number of entries in a batch.
const MAX_ENTRIES: usize = 25;

/// Reads the entries of a batch. One invalid entry refuses the whole batch.
pub(super) fn entries<'a, T>(
    body: &'a Value,
    field: &str,
    read: impl Fn(&'a Value) -> Result<T, ApiError>,
) -> Result<Vec<T>, ApiError> {
    let entries = array(body, field);
    if !(1..=MAX_ENTRIES).contains(&entries.len()) {
        return Err(bad_request(format!(
            "`{field}` must hold 1 to {MAX_ENTRIES} entries, not {}",
            entries.len()
        )));
    }
    let entry = |(index, entry)| {
        read(entry).map_err(|error| bad_request(format!("{field}/{index}: {}", error.message)))
    };
    entries.iter().enumerate().map(entry).collect()
}
