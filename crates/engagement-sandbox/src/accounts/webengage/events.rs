//! Events of users.

use serde_json::{Value, json};

use super::State;
use super::attributes::name_problem;
use super::time;
use super::users::{Identity, batch};
use crate::accounts::call::{Call, Outcome, Refused, bad};
use crate::accounts::values::members;

/// Whether an event can be taken in at all.
fn check(event: &Value) -> Result<&Value, Refused> {
    Identity::of(event)?;
    if event["eventName"].as_str().unwrap_or_default().is_empty() {
        return Err(bad("`eventName` is empty: give the event a name"));
    }
    Ok(event)
}

impl State {
    pub(super) fn events_track(&mut self, call: &Call) -> Outcome {
        let operation = "events_track";
        check(&call.body)?;
        if self.is_new(operation, call) {
            self.record(&call.body);
        }
        Ok(self.queued(operation))
    }

    pub(super) fn events_track_bulk(&mut self, body: &Value) -> Outcome {
        for event in batch(body, "events", check)? {
            self.record(event);
        }
        Ok(self.queued("events_track_bulk"))
    }

    /// Records an event, or drops it without a word to the caller.
    pub(super) fn record(&mut self, body: &Value) {
        let name = body["eventName"].as_str().unwrap_or_default();
        let place = format!("events/{name}");
        if let Some(why) = name_problem(name) {
            self.dropped.push(format!("{place}: {why}"));
            return;
        }
        let types = self.event_types.entry(name.to_owned()).or_default();
        let data = types.fitting(&members(&body["eventData"]), &place, &mut self.dropped);
        let mut event = json!({});
        // Both ids are kept where both were given: that merges nothing, as with the provider.
        for key in ["userId", "anonymousId"] {
            if let Some(id) = body[key].as_str().filter(|id| !id.is_empty()) {
                event[key] = id.into();
            }
        }
        event["eventName"] = name.into();
        event["eventTime"] = match &body["eventTime"] {
            Value::String(at) if !at.is_empty() => at.clone().into(),
            _ => time::now().into(),
        };
        event["eventData"] = Value::Object(data);
        self.events.push(event);
    }
}
