//! Custom attributes: which of them are kept, and in what form.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::accounts::values::Row;

/// Texts are cut off here.
pub(super) const LONGEST_TEXT: usize = 1000;
/// Names must be shorter.
const LONGEST_NAME: usize = 50;
/// How many attributes of one data type are kept.
const MOST_OF_A_TYPE: usize = 25;
/// What names that belong to the provider start with.
const RESERVED: &str = "we_";

/// The data types that attributes took on with their first values.
#[derive(Default)]
pub(super) struct Types(BTreeMap<String, &'static str>);

impl Types {
    /// The attributes that are kept. The reason why others aren't goes to `dropped`.
    pub(super) fn fitting(
        &mut self,
        attributes: &Row,
        place: &str,
        dropped: &mut Vec<String>,
    ) -> Row {
        let mut kept = Row::new();
        for (name, value) in attributes {
            match self.problem(name, value) {
                None => {
                    kept.insert(name.clone(), cut(value, LONGEST_TEXT));
                }
                Some(why) => dropped.push(format!("{place}/{name}: {why}")),
            }
        }
        kept
    }

    /// What keeps an attribute out; one that isn't kept out has its type fixed.
    fn problem(&mut self, name: &str, value: &Value) -> Option<String> {
        if let Some(why) = name_problem(name) {
            return Some(why);
        }
        let Some(given) = data_type(value) else {
            return Some("null has no documented meaning".to_owned());
        };
        match self.0.get(name) {
            Some(&first) if first != given => {
                Some(format!("the first value was {first}, this one is {given}"))
            }
            Some(_) => None,
            None if self.0.values().filter(|&&known| known == given).count() >= MOST_OF_A_TYPE => {
                Some(format!(
                    "there are {MOST_OF_A_TYPE} attributes of type {given} already"
                ))
            }
            None => {
                self.0.insert(name.to_owned(), given);
                None
            }
        }
    }
}

/// What is wrong with the name of an event or attribute.
pub(super) fn name_problem(name: &str) -> Option<String> {
    if name.starts_with(RESERVED) {
        Some(format!("names that start with {RESERVED} are reserved"))
    } else if name.is_empty() {
        Some("the name is empty".to_owned())
    } else if name.chars().count() >= LONGEST_NAME {
        Some(format!(
            "names must be shorter than {LONGEST_NAME} characters"
        ))
    } else {
        None
    }
}

/// The data type of a value; null has none.
pub(super) fn data_type(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(_) => Some("number"),
        Value::String(_) => Some("string"),
        Value::Array(_) => Some("array"),
        Value::Object(_) => Some("map"),
    }
}

/// The value with its texts cut off.
pub(super) fn cut(value: &Value, longest: usize) -> Value {
    match value {
        Value::String(text) => text.chars().take(longest).collect::<String>().into(),
        Value::Array(items) => items.iter().map(|item| cut(item, longest)).collect(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| (name.clone(), cut(value, longest));
            Value::Object(members.iter().map(member).collect())
        }
        other => other.clone(),
    }
}
