//! Searching feedback.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::{State, success, time};
use crate::accounts::call::{Call, Outcome, Refused, bad};
use crate::accounts::values::{Row, items, members};

const DEFAULT_SIZE: usize = 25;

/// Conditions that compare a member of `activity`.
const ACTIVITY: [(&str, &str); 6] = [
    ("url", "pageUrl"),
    ("ip", "ip"),
    ("browser", "browser"),
    ("browser_version", "browserVersion"),
    ("country", "country"),
    ("city", "city"),
];

impl State {
    pub(super) fn feedback_search(&self, call: &Call) -> Outcome {
        let (page, size) = (
            whole(&call.body, "pageNo", 1)?,
            whole(&call.body, "pageSize", DEFAULT_SIZE)?,
        );
        let filter = Filter::of(&call.body["filter"])?;
        let rows = self.feedbacks.values().map(|row| json!(row));
        let mut found: Vec<Value> = rows.filter(|row| filter.passes(row)).collect();
        found.sort_by_key(|row| Reverse(written(row)));
        let pages = found.len().div_ceil(size);
        let total = found.len();
        let from = (page - 1).saturating_mul(size);
        let contents: Vec<Value> = found
            .into_iter()
            .skip(from)
            .take(size)
            .map(|row| self.shown(call, in_results(row)))
            .collect();
        Ok(success(json!({
            "pageNo": page, "pageSize": size, "totalCount": total, "numberOfPages": pages, "ascending": false,
            "contents": contents,
        })))
    }
}

/// A number from 1 that comes as text.
fn whole(body: &Value, key: &str, otherwise: usize) -> Result<usize, Refused> {
    let Some(text) = body[key].as_str() else {
        return Ok(otherwise);
    };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| bad(format!("`{key}` must be a whole number from 1, as text")))
}

/// When a feedback was written, in seconds since 1970.
fn written(row: &Value) -> Option<i64> {
    time::seconds(row["activity"]["activityOn"].as_str()?)
}

/// The kind of a field in search results, where `default` and `custom` don't occur.
fn in_results(mut row: Value) -> Value {
    let fields = row.get_mut("fields").and_then(Value::as_array_mut);
    for field in fields.into_iter().flatten() {
        if !matches!(field["type"].as_str(), Some("default" | "custom")) {
            continue;
        }
        let kind = match field["value"]["@class"].as_str() {
            Some("name") => "NAME",
            Some("email") => "EMAIL",
            Some("category") => "CATEGORY",
            Some("message") => "MESSAGE",
            Some("snapshot") => "SCREENSHOT",
            Some("text") => "TEXT",
            Some("list") => "RATING",
            _ => continue,
        };
        field["type"] = kind.into();
    }
    if let Some(row) = row.as_object_mut() {
        row.shift_remove("action");
    }
    row
}

/// Conditions, with the period read.
struct Filter {
    conditions: Row,
    from: Option<i64>,
    to: Option<i64>,
}

impl Filter {
    fn of(filter: &Value) -> Result<Self, Refused> {
        let date = |key: &str| {
            let Some(text) = filter[key].as_str() else {
                return Ok(None);
            };
            let read = time::seconds(text).map(Some);
            read.ok_or_else(|| {
                bad(format!(
                    "`filter/{key}` must look like 2026-05-04T09:30+0000"
                ))
            })
        };
        Ok(Self {
            conditions: members(filter),
            from: date("from")?,
            to: date("to")?,
        })
    }

    /// Whether a feedback meets all conditions.
    fn passes(&self, row: &Value) -> bool {
        let written = written(row);
        self.from
            .is_none_or(|from| written.is_some_and(|at| at >= from))
            && self.to.is_none_or(|to| written.is_some_and(|at| at <= to))
            && self
                .conditions
                .iter()
                .all(|(name, wanted)| meets(row, name, wanted))
    }
}

/// Whether a feedback meets one condition. Those that nobody documents are met.
fn meets(row: &Value, name: &str, wanted: &Value) -> bool {
    let text = wanted.as_str().unwrap_or_default();
    if let Some((_, key)) = ACTIVITY.iter().find(|(condition, _)| *condition == name) {
        return row["activity"][*key] == *wanted;
    }
    match name {
        "feedback_id" => row["id"] == *wanted,
        "action" => row["action"].as_str().unwrap_or("unread") == text,
        "activity_type" => texts(row, Some("category")).any(|category| category == text),
        "email" => texts(row, Some("email")).any(|email| email.eq_ignore_ascii_case(text)),
        "content" => {
            let part = text.to_lowercase();
            texts(row, None).any(|text| text.to_lowercase().contains(&part))
        }
        "tags" => {
            let tags = items(row, "tags");
            wanted
                .as_array()
                .into_iter()
                .flatten()
                .all(|tag| tags.contains(tag))
        }
        "client_data" => members(wanted).iter().all(|(key, wanted)| {
            items(&row["customData"], key)
                .iter()
                .any(|one| same(one, wanted))
        }),
        _ => true,
    }
}

/// The texts of a feedback's fields, of one class or of all.
fn texts<'a>(row: &'a Value, class: Option<&'a str>) -> impl Iterator<Item = &'a str> {
    let values = items(row, "fields").iter().map(|field| &field["value"]);
    values
        .filter(move |value| class.is_none() || value["@class"].as_str() == class)
        .filter_map(|value| value["text"].as_str())
}

/// Whether a value is the text of a condition; numbers are compared as they are written.
fn same(value: &Value, wanted: &Value) -> bool {
    value == wanted || (value.is_number() && wanted.as_str() == Some(value.to_string().as_str()))
}
