//! Records of one kind: creating, reading, paging, searching.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::call::Call;
use crate::accounts::json::{Object, integer};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};
use crate::accounts::shared::Shared;

const DEFAULT_PAGE: usize = 20;
const MAX_PAGE: i64 = 100;

/// Records of one kind, by id.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Records {
    kind: Cow<'static, str>,
    records: Shared<BTreeMap<i64, Shared<Object>>>,
}

impl Records {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind: Cow::Borrowed(kind),
            records: Shared::default(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Object> {
        self.records.values().map(|record| &**record)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Object> {
        self.records.values_mut().map(|record| &mut **record)
    }

    pub(super) fn get(&self, id: i64) -> Option<&Object> {
        self.records.get(&id).map(|record| &**record)
    }

    /// The record with an id, or an error message with the id.
    pub(super) fn require_mut(&mut self, id: i64) -> Result<&mut Object, ApiError> {
        let kind = &self.kind;
        let record = self.records.get_mut(&id).map(|record| &mut **record);
        record.ok_or_else(|| bad_request(format!("There is no {kind} with id {id}")))
    }

    /// Stores a record, and returns it as JSON.
    pub(super) fn insert(&mut self, id: i64, record: Object) -> Value {
        self.records.insert(id, Shared::new(record.clone()));
        Value::Object(record)
    }

    /// The response with a record. As at the provider, an unknown id is 204.
    pub(super) fn response(&self, id: i64) -> ApiResponse {
        self.get(id).map_or(ApiResponse::NoContent, |record| {
            ApiResponse::Json(Value::Object(record.clone()))
        })
    }

    /// Removes a record. An unknown id is no error, as in the data store of the provider.
    pub(super) fn remove(&mut self, id: i64) -> ApiResponse {
        self.records.remove(&id);
        ApiResponse::Deleted
    }

    /// The response with all records that a filter accepts.
    pub(super) fn list(&self, filter: impl Fn(&Object) -> bool) -> ApiResponse {
        ApiResponse::Json(
            self.iter()
                .filter(|record| filter(record))
                .cloned()
                .map(Value::Object)
                .collect(),
        )
    }

    /// The response with a page of the records that a filter accepts. If more follow, the last record has a cursor.
    pub(super) fn page(
        &self,
        request: &Value,
        filter: impl Fn(&Object) -> bool,
        view: impl Fn(&Object) -> Object,
    ) -> ApiResult {
        let size = page_size(request)?;
        let sort_key = request
            .get("sort_key")
            .and_then(Value::as_str)
            .unwrap_or("created_time");
        let (field, descending) = match sort_key.strip_prefix('-') {
            Some(field) => (field, true),
            None => (sort_key, false),
        };
        if !["created_time", "updated_time"].contains(&field) {
            return Err(bad_request(format!(
                "sort_key `{sort_key}` is unknown: use created_time or updated_time, with a leading - to sort descending"
            )));
        }
        let cursor = match request.get("cursor").and_then(Value::as_str) {
            Some(cursor) => Some(self.parse_cursor(cursor, sort_key)?),
            None => None,
        };
        let position = |id: i64, record: &Object| {
            (record.get(field).and_then(integer).unwrap_or_default(), id)
        };
        let records = self.records.iter();
        let records = records.map(|(id, record)| (id, &**record));
        let accepted = records.filter(|(_, record)| filter(record));
        let mut records: Vec<((i64, i64), &Object)> = accepted
            .map(|(id, record)| (position(*id, record), record))
            .collect();
        if let Some(after) = cursor {
            records.retain(|(position, _)| {
                if descending {
                    *position < after
                } else {
                    *position > after
                }
            });
        }
        records.sort_by_key(|(position, _)| *position);
        if descending {
            records.reverse();
        }
        let more = records.len() > size;
        records.truncate(size);
        let last = records.last().map(|(position, _)| *position);
        let mut page: Vec<Value> = records
            .into_iter()
            .map(|(_, record)| Value::Object(view(record)))
            .collect();
        if let (true, Some(last), Some(Value::Object(record))) = (more, last, page.last_mut()) {
            record.insert("cursor".into(), self.cursor(sort_key, last).into());
        }
        Ok(ApiResponse::Json(Value::Array(page)))
    }

    /// The response with the records of which a text contains the query. The first record has the number of all.
    pub(super) fn search(&self, call: &Call, texts: impl Fn(&Object) -> Vec<String>) -> ApiResult {
        let size = page_size(&Value::Object(call.parameters.clone()))?;
        let query = call.text("q").trim().to_lowercase();
        if query.is_empty() {
            return Err(bad_request(
                "query parameter `q` is empty: give the text to search",
            ));
        }
        let matches = |record: &&Object| {
            texts(record)
                .iter()
                .any(|text| text.to_lowercase().contains(&query))
        };
        let found: Vec<&Object> = self.iter().filter(matches).collect();
        let mut page: Vec<Value> = found
            .iter()
            .take(size)
            .map(|record| Value::Object((*record).clone()))
            .collect();
        if let Some(Value::Object(first)) = page.first_mut() {
            first.insert("count".into(), found.len().into());
        }
        Ok(ApiResponse::Json(Value::Array(page)))
    }

    /// A cursor of about the length of the provider's.
    fn cursor(&self, sort_key: &str, (time, id): (i64, i64)) -> String {
        let text = format!("{}|{sort_key}|{time}|{id}|", self.kind);
        BASE64_URL_SAFE_NO_PAD.encode(format!("{text:~<76}"))
    }

    fn parse_cursor(&self, cursor: &str, sort_key: &str) -> Result<(i64, i64), ApiError> {
        let invalid = || {
            bad_request(
                "the cursor does not belong to this list and order: send the one of the last element, and the same sort_key",
            )
        };
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| invalid())?;
        let text = String::from_utf8(bytes).map_err(|_| invalid())?;
        let parts: Vec<&str> = text.split('|').collect();
        match parts.as_slice() {
            [kind, sorted_by, time, id, _]
                if *kind == self.kind.as_ref() && *sorted_by == sort_key =>
            {
                time.parse().ok().zip(id.parse().ok()).ok_or_else(invalid)
            }
            _ => Err(invalid()),
        }
    }
}

fn page_size(request: &Value) -> Result<usize, ApiError> {
    let Some(size) = request.get("page_size").and_then(integer) else {
        return Ok(DEFAULT_PAGE);
    };
    if !(1..=MAX_PAGE).contains(&size) {
        return Err(bad_request(format!(
            "page_size {size} is out of range: use 1 to {MAX_PAGE}"
        )));
    }
    Ok(usize::try_from(size).unwrap_or(DEFAULT_PAGE))
}
