//! The document of this API.

use serde_json::Value;

use super::answer::{self, Result};
use super::routes::Call;

const DOCUMENT: &str = include_str!("openapi.json");

/// The document as JSON.
pub(super) fn read() -> Value {
    // A test reads it.
    serde_json::from_str(DOCUMENT).unwrap_or_default()
}

pub(super) fn document(_: &Call) -> Result {
    answer::ok(&read())
}
