//! Small readers of JSON values.

use serde_json::Value;

/// The methods an OpenAPI path item can have.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "patch", "head", "options", "trace",
];

/// A JSON pointer with one more step.
pub(crate) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

pub(crate) fn text(value: Option<&Value>) -> String {
    value
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

pub(crate) fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn flag(value: Option<&Value>) -> bool {
    value.and_then(Value::as_bool).unwrap_or_default()
}

/// The example of a media type: `example`, or the first of `examples`.
pub(crate) fn example(media: &Value) -> Option<Value> {
    let first = || {
        media
            .get("examples")?
            .as_object()?
            .values()
            .next()?
            .get("value")
    };
    media.get("example").or_else(first).cloned()
}
