use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use crate::accounts::call::Call;
use crate::accounts::response::ApiResponse;

/// The generic URL of a video, to which callers append the `uuid` of a record.
pub(super) fn url(call: &Call) -> ApiResponse {
    let [project, communication] = ["project", "communication"]
        .map(|name| utf8_percent_encode(call.text(name), NON_ALPHANUMERIC));
    ApiResponse::Json(
        json!({ "videoUrl": format!("https://video.example.com/{project}/{communication}/") }),
    )
}
