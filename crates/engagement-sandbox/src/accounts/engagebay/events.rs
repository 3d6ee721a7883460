//! Events of the calendar.

use serde_json::{Value, json};

use super::account::EngageBayAccount;
use super::fields::{contains_id, copy_fields};
use crate::accounts::call::Call;
use crate::accounts::json::{Object, integer, to_object};
use crate::accounts::response::{ApiError, ApiResponse, ApiResult, bad_request};

/// A time from here on, which as seconds is in the year 5138, is taken for milliseconds.
const MIN_MILLISECONDS: i64 = 100_000_000_000;

/// Milliseconds from a field with seconds, as number or text.
fn milliseconds(body: &Value, field: &str) -> Result<Option<i64>, ApiError> {
    let Some(given) = body.get(field) else {
        return Ok(None);
    };
    let seconds = integer(given).ok_or_else(|| {
        bad_request(format!(
            "`{field}` must be seconds since 1970, as number or text"
        ))
    })?;
    if seconds >= MIN_MILLISECONDS {
        return Err(bad_request(format!(
            "`{field}` must be seconds since 1970, and this looks like milliseconds"
        )));
    }
    Ok(Some(seconds.saturating_mul(1000)))
}

impl EngageBayAccount {
    pub(super) fn call_events(&mut self, operation: &str, call: &Call) -> ApiResult {
        match operation {
            "events_list" => self.events_list(call),
            "events_list_for_contact" => {
                let contact = call.id("contact_id");
                Ok(self.events.list(|event| {
                    event
                        .get("contact_ids")
                        .is_some_and(|ids| contains_id(ids, contact))
                }))
            }
            "events_create" => self.events_create(&call.body),
            "events_update" => self.events_update(&call.body),
            _ => Ok(ApiResponse::Example(None)),
        }
    }

    fn events_list(&self, call: &Call) -> ApiResult {
        let (from, to) = (call.id("start_time"), call.id("end_time"));
        if from > to {
            return Err(bad_request("`start_time` is after `end_time`"));
        }
        let time =
            |event: &Object, field: &str| event.get(field).and_then(integer).unwrap_or_default();
        Ok(self
            .events
            .list(|event| time(event, "start_time") <= to && time(event, "end_time") >= from))
    }

    /// Sets the fields of an event that a body has.
    fn apply_event(&self, record: &mut Object, body: &Value) -> Result<(), ApiError> {
        for field in ["start_time", "end_time"] {
            if let Some(time) = milliseconds(body, field)? {
                record.insert(field.into(), time.into());
            }
        }
        copy_fields(record, body, &["name", "source_type", "contact_ids"]);
        if let Some(owner) = body.get("owner_id") {
            let owner = self.owner(integer(owner));
            record.insert("owner_id".into(), owner["id"].clone());
            record.insert("owner".into(), owner);
        }
        self.update_links(record);
        Ok(())
    }

    fn events_create(&mut self, body: &Value) -> ApiResult {
        let owner = self.owner(None);
        let mut record = to_object(&json!({
            "id": 0, "owner_id": owner["id"], "created_time": self.clock.seconds(), "start_time": 0, "end_time": 0, "name": "",
            "source_type": "API", "contact_ids": [], "company_ids": [], "deal_ids": [], "event_ids": [],
            "subscribers": [], "companies": [], "deals": [], "owner": owner, "entiy_group_name": "event",
        }));
        self.apply_event(&mut record, body)?;
        let id = self.next_id();
        record.insert("id".into(), id.into());
        Ok(ApiResponse::Json(self.events.insert(id, record)))
    }

    fn events_update(&mut self, body: &Value) -> ApiResult {
        let id =
            integer(&body["id"]).ok_or_else(|| bad_request("`id` must be the id of an event"))?;
        let mut record = self.events.require_mut(id)?.clone();
        self.apply_event(&mut record, body)?;
        Ok(ApiResponse::Json(self.events.insert(id, record)))
    }
}
