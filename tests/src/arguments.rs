use std::collections::BTreeMap;

use engagement_core::{OperationCall, ParameterLocation, Upload};
use engagement_document::Operation;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Arguments of one call, by their names in the request.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    values: BTreeMap<String, Value>,
    body: Option<Value>,
}

impl Arguments {
    /// The document's examples for an operation.
    pub fn examples(operation: &Operation) -> Self {
        let parameters = operation.parameters.iter();
        let parameters = parameters.filter(|parameter| parameter.constant.is_none());
        let values = parameters.map(|it| (it.name.clone(), it.example.clone()));
        let mut found = Self {
            values: values.collect(),
            body: None,
        };
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

    /// Removes an argument, decoded as the type that the call requires.
    ///
    /// # Panics
    /// If the document's example is not of that type.
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        let value = self.values.remove(name)?;
        Some(serde_json::from_value(value).unwrap_or_else(|error| {
            panic!("the example of `{name}` does not match the call's type: {error}")
        }))
    }

    /// Removes a file. The example is its content, and the field's name with `.csv` its name.
    ///
    /// # Panics
    /// If the document's example is no string.
    pub fn file(&mut self, name: &str) -> Option<Upload> {
        let content: String = self.take(name)?;
        Some(Upload::from_bytes(format!("{name}.csv"), content))
    }

    /// Removes the body, decoded as the type that the call requires.
    ///
    /// # Panics
    /// If the document's example is not of that type.
    pub fn body<T: DeserializeOwned>(&mut self) -> Option<T> {
        let value = self.body.take()?;
        Some(serde_json::from_value(value).unwrap_or_else(|error| {
            panic!("the body's example does not match the call's type: {error}")
        }))
    }

    /// Moves all arguments to a call that is chosen by its id.
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

    /// Removes the remaining arguments, for forms that accept fields of any name.
    pub fn rest(&mut self) -> Vec<(String, String)> {
        let text = |value: Value| match value {
            Value::String(text) => text,
            value => value.to_string(),
        };
        let values = std::mem::take(&mut self.values).into_iter();
        values.map(|(name, value)| (name, text(value))).collect()
    }
}

/// The value with sorted keys, as types serialize them.
fn sorted_keys(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}
