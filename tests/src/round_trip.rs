use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// What became of a value that was read as a type and written again.
#[derive(Debug, Clone, PartialEq)]
pub enum RoundTrip {
    /// Nothing in the clients has a type for it.
    Untyped,
    /// It was read; this was written, and `Debug` shows this.
    Written(Value, String),
    /// It could not be read.
    Failed(String),
}

/// Takes JSON through a type.
pub fn json<T: DeserializeOwned + Serialize + Debug>(value: Value) -> RoundTrip {
    // By way of text, as the client does: reading from a `Value` takes other paths through serde.
    let text = value.to_string();
    match serde_json::from_str::<T>(&text) {
        Ok(read) => match serde_json::to_string(&read).map(|text| serde_json::from_str(&text)) {
            Ok(Ok(written)) => RoundTrip::Written(written, format!("{read:?}\n{read:#?}")),
            Ok(Err(error)) | Err(error) => RoundTrip::Failed(error.to_string()),
        },
        Err(error) => RoundTrip::Failed(error.to_string()),
    }
}

/// Takes a value through one type.
pub type Codec = fn(Value) -> RoundTrip;

/// Takes the fields of a form through the types of the setters; other fields stay as they are.
pub fn form(value: Value, fields: &[(&str, Codec)]) -> RoundTrip {
    let Value::Object(object) = value else {
        return RoundTrip::Failed("a form body is an object".to_owned());
    };
    let (mut written, mut shown) = (Map::new(), String::new());
    for (name, value) in object {
        let codec = fields.iter().find(|(known, _)| *known == name);
        match codec.map(|(_, codec)| codec(value.clone())) {
            Some(RoundTrip::Written(value, text)) => {
                shown.push_str(&text);
                written.insert(name, value)
            }
            Some(RoundTrip::Failed(error)) => return RoundTrip::Failed(format!("{name}: {error}")),
            Some(RoundTrip::Untyped) | None => written.insert(name, value),
        };
    }
    RoundTrip::Written(Value::Object(written), shown)
}
