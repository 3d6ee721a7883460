//! Pages, both ways and in both styles.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::call::{Call, Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int};

const DEFAULT_LIMIT: i64 = 10;
const LARGEST_LIMIT: i64 = 30;

/// A page of the records that pass, in the order of their ids.
pub(super) fn page(
    rows: &BTreeMap<String, Row>,
    call: &Call,
    pass: impl Fn(&Row) -> bool,
    show: impl Fn(&Row) -> Value,
) -> Outcome {
    let limit = call
        .parameters
        .get("limit")
        .map_or(Some(DEFAULT_LIMIT), int)
        .unwrap_or_default();
    if !(1..=LARGEST_LIMIT).contains(&limit) {
        return Err(bad(format!("limit must be 1 to {LARGEST_LIMIT}")));
    }
    let limit = usize::try_from(limit).unwrap_or_default();
    let markers = ["next_cursor", "previous_cursor", "after_id", "before_id"];
    let given: Vec<&str> = markers
        .into_iter()
        .filter(|name| call.parameters.contains_key(*name))
        .collect();
    if given.len() > 1 {
        return Err(bad(format!(
            "{} can't be combined: send one of them",
            given.join(" and ")
        )));
    }
    let (style, at) = match given.first() {
        Some(name) => (*name, cursor(name, call.text(name))?),
        None => ("", ""),
    };
    let ids: Vec<&String> = rows
        .iter()
        .filter(|(_, row)| pass(row))
        .map(|(id, _)| id)
        .collect();
    // The page is `ids[from..to]`.
    let (from, to) = match style {
        "previous_cursor" | "before_id" => {
            let to = ids.partition_point(|id| id.as_str() < at);
            (to.saturating_sub(limit), to)
        }
        "next_cursor" | "after_id" => {
            let from = ids.partition_point(|id| id.as_str() <= at);
            (from, ids.len().min(from.saturating_add(limit)))
        }
        _ => (0, ids.len().min(limit)),
    };
    let shown = &ids[from..to];
    let (before, after) = (from > 0, to < ids.len());
    let data: Vec<Value> = shown
        .iter()
        .filter_map(|id| rows.get(*id))
        .map(show)
        .collect();
    let mut answer = json!({ "data": data });
    match style {
        "after_id" => answer["has_more"] = after.into(),
        "before_id" => answer["has_more"] = before.into(),
        _ => {
            if let (true, Some(last)) = (after, shown.last()) {
                answer["next_cursor"] = json!(last);
            }
            if let (true, Some(first)) = (before, shown.first()) {
                answer["previous_cursor"] = json!(first);
            }
        }
    }
    Ok(Reply::Json(answer))
}

fn cursor<'a>(name: &str, text: &'a str) -> Result<&'a str, Refused> {
    if text.len() == 24 && text.chars().all(|c| c.is_ascii_hexdigit()) {
        Ok(text)
    } else {
        Err(bad(format!(
            "`{name}` is none of this workspace: pass on the one that came with a page"
        )))
    }
}
