//! Business events.

use serde_json::{Value, json};

use super::account::WebEngageAccount;
use super::attributes::{check_name, data_type};
use super::responses::acknowledged;
use super::time;
use crate::accounts::json::{Object, array, to_object};
use crate::accounts::response::{ApiResult, bad_request};

impl WebEngageAccount {
    /// The triggered business events, oldest first.
    pub(crate) fn business_events(&self) -> Vec<Value> {
        self.business_events.to_vec()
    }

    pub(super) fn define_business_event(&mut self, body: &Value) -> ApiResult {
        let name = body["eventName"].as_str().unwrap_or_default();
        if let Some(why) = check_name(name) {
            return Err(bad_request(format!("`eventName`: {why}")));
        }
        let mut attributes: Vec<(String, String)> = Vec::new();
        for attribute in array(body, "attributes") {
            let text = |field: &str| attribute[field].as_str().unwrap_or_default().to_owned();
            let (name, data_type) = (text("attributeName"), text("dataType"));
            if name.is_empty() || attributes.iter().any(|(known, _)| *known == name) {
                return Err(bad_request("`attributes`: each needs a unique name"));
            }
            attributes.push((name, data_type));
        }
        self.business_event_definitions
            .insert(name.to_owned(), attributes);
        Ok(acknowledged())
    }

    pub(super) fn trigger_business_event(&mut self, body: &Value) -> ApiResult {
        let event = body["eventName"].as_str().unwrap_or_default();
        let Some(attributes) = self.business_event_definitions.get(event) else {
            return Err(bad_request(format!(
                "Business event {event} is not defined: define it first"
            )));
        };
        let mut data = Object::new();
        for (name, value) in to_object(&body["eventData"]) {
            let defined = attributes.iter().find(|(known, _)| *known == name);
            let problem = match defined {
                None => Some("the definition has no such attribute".to_owned()),
                Some((_, expected)) if !has_type(expected, &value) => {
                    Some(format!("the definition says {expected}"))
                }
                Some(_) => None,
            };
            match problem {
                None => {
                    data.insert(name, value);
                }
                Some(why) => self
                    .dropped
                    .push(format!("business events/{event}/{name}: {why}")),
            }
        }
        let time = body["eventTime"]
            .as_str()
            .map_or_else(|| time::now(&self.clock), str::to_owned);
        self.business_events
            .push(json!({ "eventName": event, "eventTime": time, "eventData": data }));
        Ok(acknowledged())
    }
}

/// Whether a value has a defined type. Every value has an unknown type.
fn has_type(expected: &str, value: &Value) -> bool {
    match expected {
        "date" => value
            .as_str()
            .is_some_and(|text| time::seconds(text).is_some()),
        "string" | "number" | "boolean" | "array" | "map" => data_type(value) == Some(expected),
        _ => true,
    }
}
