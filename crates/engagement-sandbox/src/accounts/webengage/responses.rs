//! Responses, and their format.

use serde_json::{Value, json};

use crate::accounts::call::Call;
use crate::accounts::response::{ApiError, ApiResponse, bad_request};

/// A response with data.
pub(super) fn success(data: Value) -> ApiResponse {
    ApiResponse::Json(
        json!({ "response": { "data": data, "message": "success", "status": "success" } }),
    )
}

/// A response without data.
pub(super) fn acknowledged() -> ApiResponse {
    ApiResponse::Json(json!({ "response": { "status": "success" } }))
}

/// Refuses formats other than JSON, which are not documented.
pub(super) fn require_json_format(call: &Call) -> Result<(), ApiError> {
    match call.text("format") {
        "" | "json" => Ok(()),
        _ => Err(bad_request(
            "`format` must be json: the XML format is not documented",
        )),
    }
}
