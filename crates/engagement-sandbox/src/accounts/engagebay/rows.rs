//! Records of one kind: creating, reading, paging, searching.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::accounts::call::{Call, Outcome, Refused, Reply, bad};
use crate::accounts::values::{Row, int, now_seconds};

const DEFAULT_PAGE: usize = 20;
const LARGEST_PAGE: i64 = 100;

/// Records of one kind, by id.
pub(super) struct Rows {
    kind: &'static str,
    rows: BTreeMap<i64, Row>,
}

impl Rows {
    pub(super) fn new(kind: &'static str) -> Self {
        Self {
            kind,
            rows: BTreeMap::new(),
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut Row> {
        self.rows.values_mut()
    }

    pub(super) fn get(&self, id: i64) -> Option<&Row> {
        self.rows.get(&id)
    }

    /// The record of an id that the caller says exists.
    pub(super) fn need_mut(&mut self, id: i64) -> Result<&mut Row, Refused> {
        let kind = self.kind;
        self.rows
            .get_mut(&id)
            .ok_or_else(|| bad(format!("There is no {kind} with id {id}")))
    }

    /// Stores a record and gives it back as an answer.
    pub(super) fn put(&mut self, id: i64, row: Row) -> Value {
        self.rows.insert(id, row.clone());
        Value::Object(row)
    }

    /// The record, or 204: what the provider answers for an unknown id.
    pub(super) fn reply(&self, id: i64) -> Reply {
        self.get(id).map_or(Reply::NoRecord, |row| {
            Reply::Json(Value::Object(row.clone()))
        })
    }

    /// Removes a record. An unknown id is fine too: the datastore behind the API doesn't tell them apart.
    pub(super) fn remove(&mut self, id: i64) -> Reply {
        self.rows.remove(&id);
        Reply::Gone
    }

    /// All records that pass, as an answer.
    pub(super) fn all(&self, pass: impl Fn(&Row) -> bool) -> Reply {
        Reply::Json(
            self.rows()
                .filter(|row| pass(row))
                .cloned()
                .map(Value::Object)
                .collect(),
        )
    }

    /// A page of the records that pass. Another page follows when the last one carries a cursor.
    pub(super) fn page(
        &self,
        wanted: &Value,
        pass: impl Fn(&Row) -> bool,
        show: impl Fn(&Row) -> Row,
    ) -> Outcome {
        let size = page_size(wanted)?;
        let sort_key = wanted
            .get("sort_key")
            .and_then(Value::as_str)
            .unwrap_or("created_time");
        let (field, descending) = match sort_key.strip_prefix('-') {
            Some(field) => (field, true),
            None => (sort_key, false),
        };
        if !["created_time", "updated_time"].contains(&field) {
            return Err(bad(format!(
                "sort_key `{sort_key}` is unknown: use created_time or updated_time, with a leading - to sort descending"
            )));
        }
        let cursor = match wanted.get("cursor").and_then(Value::as_str) {
            Some(cursor) => Some(self.read_cursor(cursor, sort_key)?),
            None => None,
        };
        let place = |id: i64, row: &Row| (row.get(field).and_then(int).unwrap_or_default(), id);
        let passing = self.rows.iter().filter(|(_, row)| pass(row));
        let mut rows: Vec<((i64, i64), &Row)> =
            passing.map(|(id, row)| (place(*id, row), row)).collect();
        if let Some(after) = cursor {
            rows.retain(|(place, _)| {
                if descending {
                    *place < after
                } else {
                    *place > after
                }
            });
        }
        rows.sort_by_key(|(place, _)| *place);
        if descending {
            rows.reverse();
        }
        let more = rows.len() > size;
        rows.truncate(size);
        let last = rows.last().map(|(place, _)| *place);
        let mut shown: Vec<Value> = rows
            .into_iter()
            .map(|(_, row)| Value::Object(show(row)))
            .collect();
        if let (true, Some(last), Some(Value::Object(row))) = (more, last, shown.last_mut()) {
            row.insert("cursor".into(), self.cursor(sort_key, last).into());
        }
        Ok(Reply::Json(Value::Array(shown)))
    }

    /// Records one of whose texts contains the words; the first one carries the number of all.
    pub(super) fn search(&self, call: &Call, texts: impl Fn(&Row) -> Vec<String>) -> Outcome {
        let size = page_size(&Value::Object(call.parameters.clone()))?;
        let words = call.text("q").trim().to_lowercase();
        if words.is_empty() {
            return Err(bad(
                "query parameter `q` is empty: give the text to search for",
            ));
        }
        let hit = |row: &&Row| {
            texts(row)
                .iter()
                .any(|text| text.to_lowercase().contains(&words))
        };
        let hits: Vec<&Row> = self.rows().filter(hit).collect();
        let mut shown: Vec<Value> = hits
            .iter()
            .take(size)
            .map(|row| Value::Object((*row).clone()))
            .collect();
        if let Some(Value::Object(first)) = shown.first_mut() {
            first.insert("count".into(), hits.len().into());
        }
        Ok(Reply::Json(Value::Array(shown)))
    }

    /// About as long and as telling as the provider's.
    fn cursor(&self, sort_key: &str, (time, id): (i64, i64)) -> String {
        let text = format!("{}|{sort_key}|{time}|{id}|", self.kind);
        BASE64_URL_SAFE_NO_PAD.encode(format!("{text:~<76}"))
    }

    fn read_cursor(&self, cursor: &str, sort_key: &str) -> Result<(i64, i64), Refused> {
        let refused = || {
            bad(
                "the cursor is none of this list in this order: pass on the one that came with the last element, and the same sort_key",
            )
        };
        let bytes = BASE64_URL_SAFE_NO_PAD
            .decode(cursor)
            .map_err(|_| refused())?;
        let text = String::from_utf8(bytes).map_err(|_| refused())?;
        let parts: Vec<&str> = text.split('|').collect();
        match parts.as_slice() {
            [kind, key, time, id, _] if *kind == self.kind && *key == sort_key => {
                time.parse().ok().zip(id.parse().ok()).ok_or_else(refused)
            }
            _ => Err(refused()),
        }
    }
}

fn page_size(wanted: &Value) -> Result<usize, Refused> {
    let Some(size) = wanted.get("page_size").and_then(int) else {
        return Ok(DEFAULT_PAGE);
    };
    if !(1..=LARGEST_PAGE).contains(&size) {
        return Err(bad(format!(
            "page_size {size} is out of range: use 1 to {LARGEST_PAGE}"
        )));
    }
    Ok(usize::try_from(size).unwrap_or(DEFAULT_PAGE))
}

/// Notes that a record has changed.
pub(super) fn touch(row: &mut Row) {
    row.insert("updated_time".into(), now_seconds().into());
}
