use std::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The result of decoding a value and encoding it again.
#[derive(Debug, Clone, PartialEq)]
pub enum RoundTrip {
    /// The clients have no type for it.
    Untyped,
    /// The encoded value, and the `Debug` output of the decoded one.
    Written(Value, String),
    /// It could not be decoded.
    Failed(String),
}

/// Decodes JSON as a type and encodes it again.
pub fn json<T: DeserializeOwned + Serialize + Debug>(value: Value) -> RoundTrip {
    // From text, as the client does: decoding a `Value` uses other code in serde.
    let text = value.to_string();
    match serde_json::from_str::<T>(&text) {
        Ok(read) => match serde_json::to_string(&read).map(|text| serde_json::from_str(&text)) {
            Ok(Ok(written)) => RoundTrip::Written(written, format!("{read:?}\n{read:#?}")),
            Ok(Err(error)) | Err(error) => RoundTrip::Failed(error.to_string()),
        },
        Err(error) => RoundTrip::Failed(error.to_string()),
    }
}

/// Decodes and encodes a value as one type.
pub type Codec = fn(Value) -> RoundTrip;

/// Decodes and encodes the fields of a form as the types of the setters. Other fields are copied.
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
