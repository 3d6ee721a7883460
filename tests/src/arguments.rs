use std::collections::BTreeMap;

use engagement_core::{OperationCall, ParameterLocation, Upload};
use engagement_document::Operation;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Values for one call, by their names on the wire.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    values: BTreeMap<String, Value>,
    body: Option<Value>,
}

impl Arguments {
    /// The document's own examples for an operation.
    pub fn examples(operation: &Operation) -> Self {
        let mut found = Self::default();
        for parameter in operation
            .parameters
            .iter()
            .filter(|parameter| parameter.constant.is_none())
        {
            found
                .values
                .insert(parameter.name.clone(), parameter.example.clone());
        }
        match &operation.body {
            Some(body) if body.kind.has_fields() => {
                let fields = body.example.as_object().into_iter().flatten();
                found
                    .values
                    .extend(fields.map(|(name, value)| (name.clone(), value.clone())));
            }
            Some(body) => found.body = Some(body.example.clone()),
            None => {}
        }
        found
    }

    /// Sets a value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.values.insert(name.to_owned(), value.into());
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn with_body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Takes a value out as the type that the call wants.
    ///
    /// # Panics
    /// If the document's example is not of that type.
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.values.remove(name)?;
        Some(serde_json::from_value(value).unwrap_or_else(|error| {
            panic!("the example of `{name}` is not what the call takes: {error}")
        }))
    }

    /// Takes a file out: its content is the example's text, its name is made of the part's.
    ///
    /// # Panics
    /// If the document's example is no text.
    pub fn file(&mut self, name: &str) -> Option<Upload> {
        let content: String = self.take(name)?;
        Some(Upload::from_bytes(format!("{name}.csv"), content))
    }

    /// Takes the body out as the type that the call wants.
    ///
    /// # Panics
    /// If the document's example is not of that type.
    pub fn body<T: DeserializeOwned>(&mut self) -> Option<T> {
        let value = self.body.take()?;
        Some(serde_json::from_value(value).unwrap_or_else(|error| {
            panic!("the body's example is not what the call takes: {error}")
        }))
    }

    /// Gives all values to a call that is chosen by its id.
    pub fn give(&mut self, call: OperationCall) -> OperationCall {
        let files = call.entry().parameters.iter();
        let files: Vec<&str> = files
            .filter(|parameter| parameter.location == ParameterLocation::File)
            .map(|parameter| parameter.name)
            .collect();
        std::mem::take(&mut self.values)
            .into_iter()
            .fold(call, |call, (name, value)| {
                if files.contains(&name.as_str()) {
                    let content = value.as_str().unwrap_or_default().to_owned();
                    let file = Upload::from_bytes(format!("{name}.csv"), content);
                    return call.file(&name, file);
                }
                call.param(&name, sorted_keys(value))
            })
    }

    /// Takes what is left, for forms that take fields of any name.
    pub fn rest(&mut self) -> Vec<(String, String)> {
        let text = |value: Value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        };
        std::mem::take(&mut self.values)
            .into_iter()
            .map(|(name, value)| (name, text(value)))
            .collect()
    }
}

/// The value with the keys of its objects in the order in which types write them.
fn sorted_keys(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let sorted: BTreeMap<String, Value> = object.into_iter().collect();
            let pairs = sorted.into_iter();
            Value::Object(
                pairs
                    .map(|(key, value)| (key, sorted_keys(value)))
                    .collect(),
            )
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted_keys).collect()),
        value => value,
    }
}
