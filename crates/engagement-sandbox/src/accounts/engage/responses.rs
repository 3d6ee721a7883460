//! Responses of operations that return no record.

use serde_json::json;

use crate::accounts::response::ApiResponse;

pub(super) fn ok() -> ApiResponse {
    ApiResponse::Json(json!({ "status": "ok" }))
}

pub(super) fn queued() -> ApiResponse {
    ApiResponse::Json(json!({ "status": "queued" }))
}
