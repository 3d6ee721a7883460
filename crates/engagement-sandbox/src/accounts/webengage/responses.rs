//! Responses.

use serde_json::{Value, json};

use crate::accounts::response::ApiResponse;

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
