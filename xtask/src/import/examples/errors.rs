//! The response that the errors of all operations share.

use serde_json::{Value, json};

use crate::import::common::json::object;
use crate::import::common::references;

/// Where providers put the message of an error.
const POINTERS: &[&str] = &[
    "/message",
    "/error_description",
    "/error/message",
    "/error",
    "/detail",
    "/title",
    "/errorMessage",
    "/errors/0/message",
    "/errors/0",
    "/description",
    "/Message",
];

/// Adds the response that all errors share, and the pointers to its message.
pub(crate) fn response(document: &mut Value, example: &Value, ours: bool) {
    let own = document.pointer("/components/responses/Error").is_some();
    if !(ours && own) {
        object(&mut document["components"], "responses").insert("Error".into(), json!({
            "description": "The provider refuses the call.",
            "content": { "application/json": { "schema": references::to("ApiError"), "example": example } },
        }));
    }
    if document.get("x-error-message").is_none() {
        document["x-error-message"] = json!(POINTERS);
    }
}
