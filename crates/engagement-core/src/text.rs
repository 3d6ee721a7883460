//! Values as the text of queries, headers and forms.

use reqwest::header::HeaderValue;
use serde_json::Value;

/// A scalar as bare text; `None` for `null`, which is "not given", and anything else as JSON.
pub(crate) fn bare(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

/// The texts to send under one query name: an array repeats the name.
pub(crate) fn of_query(value: Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.into_iter().filter_map(bare).collect(),
        value => bare(value).into_iter().collect(),
    }
}

/// The texts to send under one form name: an array of scalars repeats the name, an array of more is JSON text.
pub(crate) fn of_form(value: Value) -> Vec<String> {
    match value {
        Value::Array(values) if values.iter().all(is_scalar) => {
            values.into_iter().filter_map(bare).collect()
        }
        value => bare(value).into_iter().collect(),
    }
}

/// The text to send as a header; an error for what is no scalar.
pub(crate) fn of_header(value: Value) -> Result<Option<String>, ()> {
    if is_scalar(&value) {
        Ok(bare(value))
    } else {
        Err(())
    }
}

/// `text` as a header value, if it is plain ASCII: what other bytes mean in a header is anybody's guess.
pub(crate) fn header_value(text: &str) -> Option<HeaderValue> {
    let plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\t');
    HeaderValue::from_str(text)
        .ok()
        .filter(|_| text.bytes().all(plain))
}
