//! Values as text in queries, headers and forms.

use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::secret::Secret;
use crate::secret::zeroizing::Wiped;

/// A scalar as plain text; `None` for `null`, which counts as not set; other values as JSON.
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

/// Gives the texts to send under one query name: an array repeats the name.
pub(crate) fn each_of_query(value: Value, mut add: impl FnMut(String)) {
    match value {
        Value::Null => {}
        Value::String(text) => add(text),
        Value::Array(values) => values.into_iter().filter_map(bare).for_each(add),
        other => add(other.to_string()),
    }
}

/// Gives the texts to send under one form name: an array of scalars repeats the name, an array of more is JSON text.
pub(crate) fn each_of_form(value: Value, mut add: impl FnMut(String)) {
    match value {
        Value::Array(values) if !values.iter().all(is_scalar) => {
            add(Value::Array(values).to_string());
        }
        value => each_of_query(value, add),
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

/// `text` as a header value, if it is plain ASCII: the meaning of other bytes in a header is not defined.
pub(crate) fn header_value(text: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(text).ok().filter(|_| is_plain(text))
}

/// The same for a secret: it is wiped with the last clone of the header, and never printed.
pub(crate) fn secret_header_value(secret: &Secret) -> Option<HeaderValue> {
    let text = secret.expose();
    let mut wiped = Wiped::default();
    wiped.extend(text.as_bytes());
    let value = HeaderValue::from_maybe_shared(wiped.into_bytes()).ok();
    let mut value = value.filter(|_| is_plain(text))?;
    value.set_sensitive(true);
    Some(value)
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}
