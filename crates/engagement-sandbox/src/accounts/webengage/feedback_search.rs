//! Searching feedback.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::responses::success;
use super::time;
use crate::accounts::call::Call;
use crate::accounts::json::{Object, array, to_object};
use crate::accounts::response::{ApiError, ApiResult, bad_request};

const DEFAULT_SIZE: usize = 25;

/// Conditions that compare a field of `activity`, with its name.
const ACTIVITY: [(&str, &str); 6] = [
    ("url", "pageUrl"),
    ("ip", "ip"),
    ("browser", "browser"),
    ("browser_version", "browserVersion"),
    ("country", "country"),
    ("city", "city"),
];

impl WebEngageAccount {
    pub(super) fn feedback_search(&self, call: &Call) -> ApiResult {
        let (page, size) = (
            page_number(&call.body, "pageNo", 1)?,
            page_number(&call.body, "pageSize", DEFAULT_SIZE)?,
        );
        let filter = Filter::parse(&call.body["filter"])?;
        let records = self.feedback.values().map(|record| json!(record));
        let mut found: Vec<Value> = records.filter(|record| filter.accepts(record)).collect();
        found.sort_by_key(|record| Reverse(written_at(record)));
        let pages = found.len().div_ceil(size);
        let total = found.len();
        let from = (page - 1).saturating_mul(size);
        let contents: Vec<Value> = found
            .into_iter()
            .skip(from)
            .take(size)
            .map(|record| self.with_file_urls(call, result_view(record)))
            .collect();
        Ok(success(json!({
            "pageNo": page, "pageSize": size, "totalCount": total, "numberOfPages": pages, "ascending": false,
            "contents": contents,
        })))
    }
}

/// A positive number, which is text, or its default.
fn page_number(body: &Value, field: &str, default: usize) -> Result<usize, ApiError> {
    let Some(text) = body[field].as_str() else {
        return Ok(default);
    };
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| bad_request(format!("`{field}` must be a whole number from 1, as text")))
}

/// The time of a feedback, in seconds since 1970.
fn written_at(record: &Value) -> Option<i64> {
    time::seconds(record["activity"]["activityOn"].as_str()?)
}

/// A feedback as search results contain it: fields have other types than `default` and `custom`.
fn result_view(mut record: Value) -> Value {
    let fields = record.get_mut("fields").and_then(Value::as_array_mut);
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
    if let Some(record) = record.as_object_mut() {
        record.shift_remove("action");
    }
    record
}

/// The conditions of a search, with the parsed period.
struct Filter {
    conditions: Object,
    from: Option<i64>,
    to: Option<i64>,
}

impl Filter {
    fn parse(filter: &Value) -> Result<Self, ApiError> {
        let date = |field: &str| {
            let Some(text) = filter[field].as_str() else {
                return Ok(None);
            };
            let read = time::seconds(text).map(Some);
            read.ok_or_else(|| {
                bad_request(format!(
                    "`filter/{field}` must look like 2026-05-04T09:30+0000"
                ))
            })
        };
        Ok(Self {
            conditions: to_object(filter),
            from: date("from")?,
            to: date("to")?,
        })
    }

    /// Whether a feedback meets all conditions.
    fn accepts(&self, record: &Value) -> bool {
        let time = written_at(record);
        self.from
            .is_none_or(|from| time.is_some_and(|time| time >= from))
            && self.to.is_none_or(|to| time.is_some_and(|time| time <= to))
            && self
                .conditions
                .iter()
                .all(|(name, expected)| meets(record, name, expected))
    }
}

/// Whether a feedback meets a condition. Undocumented conditions are always met.
fn meets(record: &Value, name: &str, expected: &Value) -> bool {
    let text = expected.as_str().unwrap_or_default();
    if let Some((_, field)) = ACTIVITY.iter().find(|(condition, _)| *condition == name) {
        return record["activity"][*field] == *expected;
    }
    match name {
        "feedback_id" => record["id"] == *expected,
        "action" => record["action"].as_str().unwrap_or("unread") == text,
        "activity_type" => texts(record, Some("category")).any(|category| category == text),
        "email" => texts(record, Some("email")).any(|email| email.eq_ignore_ascii_case(text)),
        "content" => {
            let part = text.to_lowercase();
            texts(record, None).any(|text| text.to_lowercase().contains(&part))
        }
        "tags" => {
            let tags = array(record, "tags");
            expected
                .as_array()
                .into_iter()
                .flatten()
                .all(|tag| tags.contains(tag))
        }
        "client_data" => to_object(expected).iter().all(|(field, expected)| {
            array(&record["customData"], field)
                .iter()
                .any(|one| equals(one, expected))
        }),
        _ => true,
    }
}

/// The texts of a feedback's fields, of one class or of all.
fn texts<'a>(record: &'a Value, class: Option<&'a str>) -> impl Iterator<Item = &'a str> {
    let values = array(record, "fields").iter().map(|field| &field["value"]);
    values
        .filter(move |value| class.is_none() || value["@class"].as_str() == class)
        .filter_map(|value| value["text"].as_str())
}

/// Whether a value equals that of a condition, which may be a number as text.
fn equals(value: &Value, expected: &Value) -> bool {
    value == expected
        || (value.is_number() && expected.as_str() == Some(value.to_string().as_str()))
}
