//! Pagination, in both directions, by cursors or by ids.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::call::Call;
use crate::accounts::json::{Object, integer};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};
use crate::accounts::shared::Shared;

const DEFAULT_LIMIT: i64 = 10;
const MAX_LIMIT: i64 = 30;

/// The response with a page of the records that a filter accepts, in the order of their ids. `without_cursors` is the older
/// form, which has a flag in their place.
pub(super) fn page(
    records: &BTreeMap<String, Shared<Object>>,
    call: &Call,
    without_cursors: bool,
    filter: impl Fn(&Object) -> bool,
    view: impl Fn(&Object) -> Value,
) -> ApiResult {
    let limit = page_limit(call)?;
    let parameter = position_parameter(call)?;
    let position = match parameter {
        "" => "",
        name => parse_cursor(name, call.text(name))?,
    };
    let ids: Vec<&String> = records
        .iter()
        .filter(|(_, record)| filter(record))
        .map(|(id, _)| id)
        .collect();
    // The page is `ids[from..to]`.
    let (from, to) = match parameter {
        "previous_cursor" | "before_id" => {
            let to = ids.partition_point(|id| id.as_str() < position);
            (to.saturating_sub(limit), to)
        }
        "next_cursor" | "after_id" => {
            let from = ids.partition_point(|id| id.as_str() <= position);
            (from, ids.len().min(from.saturating_add(limit)))
        }
        _ => (0, ids.len().min(limit)),
    };
    let page = &ids[from..to];
    let (has_previous, has_next) = (from > 0, to < ids.len());
    let data: Vec<Value> = page
        .iter()
        .filter_map(|id| records.get(*id))
        .map(|record| view(record))
        .collect();
    let mut response = json!({ "data": data });
    match parameter {
        "after_id" => response["has_more"] = has_next.into(),
        "before_id" => response["has_more"] = has_previous.into(),
        "previous_cursor" if without_cursors => response["has_more"] = has_previous.into(),
        _ if without_cursors => response["has_more"] = has_next.into(),
        _ => {
            if let (true, Some(last)) = (has_next, page.last()) {
                response["next_cursor"] = json!(last);
            }
            if let (true, Some(first)) = (has_previous, page.first()) {
                response["previous_cursor"] = json!(first);
            }
        }
    }
    Ok(ApiResponse::Json(response))
}

fn parse_cursor<'a>(name: &str, text: &'a str) -> Result<&'a str, ApiError> {
    if text.len() == 24 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err(bad_request(format!(
            "`{name}` does not belong to this workspace: send one that a page contained"
        )))
    }
}

/// The requested number of records on a page.
fn page_limit(call: &Call) -> Result<usize, ApiError> {
    let limit = call
        .parameters
        .get("limit")
        .map_or(Some(DEFAULT_LIMIT), integer)
        .unwrap_or_default();
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(bad_request(format!("limit must be 1 to {MAX_LIMIT}")));
    }
    Ok(usize::try_from(limit).unwrap_or_default())
}

/// The parameter that gives the position of the page; empty for the first page.
fn position_parameter(call: &Call) -> Result<&'static str, ApiError> {
    let parameters = ["next_cursor", "previous_cursor", "after_id", "before_id"];
    let given: Vec<&'static str> = parameters
        .into_iter()
        .filter(|name| call.parameters.contains_key(*name))
        .collect();
    if given.len() > 1 {
        return Err(bad_request(format!(
            "{} can't be combined: send one of them",
            given.join(" and ")
        )));
    }
    Ok(given.first().copied().unwrap_or_default())
}
