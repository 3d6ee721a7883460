//! Business events.

use serde_json::{Value, json};

use super::attributes::{data_type, name_problem};
use super::{State, acknowledged, time};
use crate::accounts::call::{Outcome, bad};
use crate::accounts::values::{Row, items, members};

impl State {
    /// Business events that happened, oldest first.
    pub(crate) fn business_events(&self) -> Vec<Value> {
        self.business_events.clone()
    }

    pub(super) fn define(&mut self, body: &Value) -> Outcome {
        let name = body["eventName"].as_str().unwrap_or_default();
        if let Some(why) = name_problem(name) {
            return Err(bad(format!("`eventName`: {why}")));
        }
        let mut attributes: Vec<(String, String)> = Vec::new();
        for attribute in items(body, "attributes") {
            let text = |key: &str| attribute[key].as_str().unwrap_or_default().to_owned();
            let (name, data_type) = (text("attributeName"), text("dataType"));
            if name.is_empty() || attributes.iter().any(|(known, _)| *known == name) {
                return Err(bad(
                    "`attributes`: each one needs a name that no other one has",
                ));
            }
            attributes.push((name, data_type));
        }
        self.definitions.insert(name.to_owned(), attributes);
        Ok(acknowledged())
    }

    pub(super) fn trigger(&mut self, body: &Value) -> Outcome {
        let name = body["eventName"].as_str().unwrap_or_default();
        let Some(attributes) = self.definitions.get(name) else {
            return Err(bad(format!(
                "Business event {name} is not defined: define it first"
            )));
        };
        let mut data = Row::new();
        for (key, value) in members(&body["eventData"]) {
            let defined = attributes.iter().find(|(known, _)| *known == key);
            let problem = match defined {
                None => Some("the definition has no such attribute".to_owned()),
                Some((_, wanted)) if !fits(wanted, &value) => {
                    Some(format!("the definition says {wanted}"))
                }
                Some(_) => None,
            };
            match problem {
                None => {
                    data.insert(key, value);
                }
                Some(why) => self
                    .dropped
                    .push(format!("business events/{name}/{key}: {why}")),
            }
        }
        let at = body["eventTime"]
            .as_str()
            .map_or_else(time::now, str::to_owned);
        self.business_events
            .push(json!({ "eventName": name, "eventTime": at, "eventData": data }));
        Ok(acknowledged())
    }
}

/// Whether a value is of a defined type; a type that nobody knows takes anything.
fn fits(wanted: &str, value: &Value) -> bool {
    match wanted {
        "date" => value
            .as_str()
            .is_some_and(|text| time::seconds(text).is_some()),
        "string" | "number" | "boolean" | "array" | "map" => data_type(value) == Some(wanted),
        _ => true,
    }
}
